"""Numbers of things, in words."""


def counted(number: int, thing: str) -> str:
    """`1 member`, `2 members`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
