"""Who may do what: principals, their scopes, and the ways in which they prove who they are."""
