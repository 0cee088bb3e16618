"""The view that the others build on: Faust's, answering only the methods it has."""

from faust.web import View


class Resource(View):  # Faust has no types here
    """Faust's view claims HEAD for everything; without GET that would be an answer in Faust's own error form."""

    def get_methods(self) -> set[str]:
        methods: set[str] = super().get_methods()
        return methods if "GET" in methods else methods - {"HEAD"}
