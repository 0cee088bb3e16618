"""The pages beside a page (RFC 8288): the same request with another cursor."""

from aiohttp.web import Request


def links(request: Request, next_cursor: str | None) -> dict[str, str]:
    """The `Link` header, where there is one to send."""
    here, found = request.rel_url, []
    if "cursor" in here.query:
        found.append(f'<{here.without_query_params("cursor")}>; rel="first"')
    if next_cursor:
        found.append(f'<{here.update_query(cursor=next_cursor)}>; rel="next"')
    return {"Link": ", ".join(found)} if found else {}
