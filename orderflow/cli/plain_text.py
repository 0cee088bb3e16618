"""Texts of others on a terminal."""


def plain(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
