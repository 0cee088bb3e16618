"""Which of our patterns a request's path has: what may stand in labels and names, unlike the path itself."""

from aiohttp.web import Request


def route_of(request: Request) -> str | None:
    """None for a path that nobody answers."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else None
