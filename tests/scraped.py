"""What `/metrics` says, as Prometheus reads it."""

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families


class Scraped:
    """The samples of one answer."""

    def __init__(self, text: str) -> None:
        self._samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def value(self, name: str, **labels: str) -> float | None:
        """Of the series that has exactly these labels."""
        found = [sample.value for sample in self._samples if sample.name == name and sample.labels == labels]
        return found[0] if found else None

    def total(self, name: str, **labels: str) -> float:
        """Of all series that have these labels, whatever others they have."""
        return sum(
            sample.value for sample in self._samples if sample.name == name and labels.items() <= sample.labels.items()
        )


async def scrape(url: str) -> Scraped:
    """What the role under this URL says."""
    async with ClientSession() as client, client.get(f"{url}/metrics") as answer:
        assert answer.status == 200, await answer.text()
        return Scraped(await answer.text())
