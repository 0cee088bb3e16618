"""The OpenAPI document, made from what the views say of themselves."""
