"""The view that the others build on: Faust's, answering only the methods it has, to those who may ask."""

from typing import Any

from aiohttp.web import Request, StreamResponse
from faust.web import View

from web.access.principals import admit
from web.http.operations import operation_of


class Resource(View):  # Faust has no types here
    """Faust's view claims HEAD for everything; without GET that would be an answer in Faust's own error form."""

    def get_methods(self) -> set[str]:
        methods: set[str] = super().get_methods()
        return methods if "GET" in methods else methods - {"HEAD"}

    async def dispatch(self, request: Request) -> StreamResponse:
        """Nobody gets into an operation without having been admitted to it."""
        method = "GET" if request.method == "HEAD" else request.method
        await admit(request, operation_of(self.methods[method.lower()]))
        answer: Any = await super().dispatch(request)
        return answer  # type: ignore[no-any-return]
