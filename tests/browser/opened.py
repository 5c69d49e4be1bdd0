"""A report open in a browser, with everything it asked for and complained about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@dataclass
class Opened:
    """An open report."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def see_all(self) -> None:
        """Scroll through the page, so that every picture is drawn."""
        self.page.evaluate(
            """async () => {
                for (const place of document.querySelectorAll("[data-view]")) {
                    if (place.closest("[hidden]")) continue;
                    place.scrollIntoView();
                    while (!place.querySelector("svg"))
                        await new Promise((done) => setTimeout(done, 20));
                }
                scrollTo(0, 0);
            }"""
        )

    def figure(self, name: str) -> Locator:
        """A picture, drawn and in sight."""
        found = self.page.locator(f'figure[id="{name}"]')
        found.scroll_into_view_if_needed()
        found.locator("svg").first.wait_for()
        return found

    def numbers(self, name: str) -> list[list[str]]:
        """What the table of a picture's numbers says, line by line."""
        figure = self.figure(name)
        details = figure.locator("details.numbers")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        details.locator("tbody tr").first.wait_for()
        self.page.wait_for_timeout(100)  # it is written anew after a choice
        lines: list[list[str]] = details.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return lines

    def column(self, table: str, number: int) -> list[str]:
        """The visible entries of a column of a table, without what stands below them."""
        entries: list[str] = self.page.locator(f"#{table} tbody tr:visible").evaluate_all(
            f"rows => rows.map(row => row.cells[{number}].querySelector('bdi').textContent)"
        )
        return entries

    def tab(self, label: Locator) -> str:
        """Choose one of several pictures; its name.

        Again if need be: pictures drawn meanwhile may push the tab away under the pointer.
        """
        chosen = label.locator("input")
        for _ in range(5):
            label.click()
            if chosen.is_checked():
                break
        return chosen.input_value()

    def pick(self, field: str, name: str) -> None:
        """Press a button of the filters."""
        self.button(field, name).click()

    def button(self, field: str, name: str) -> Locator:
        """A button of the filters."""
        return self.page.locator(f'.filters [data-field="{field}"] button[data-name="{name}"]')


@contextmanager
def opened(
    browser: Browser, file: Path, size: dict[str, int] | None = None, *, folded: bool = False
) -> Iterator[Opened]:
    """Open a report from its file, and all its parts unless it is to stay folded."""
    context = browser.new_context(viewport=size or LAPTOP)
    page = context.new_page()
    it = Opened(page)
    page.on("request", lambda request: it.requests.append(request.url))
    page.on("pageerror", lambda error: it.complaints.append(str(error)))
    page.on("console", lambda message: it.complaints.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    if not folded:
        page.evaluate(
            "for (const one of document.querySelectorAll('details.part, details:not([class])'))"
            " one.open = true"
        )
    yield it
    context.close()
