"""Why credentials do not tell who asks."""


class CredentialsRefusedError(Exception):
    """They are not valid. The message says why, in words of ours: nothing of what came stands in it."""


class CredentialsUncheckedError(Exception):
    """Whether they are valid cannot be told now; the message names what is away."""
