"""What there is to say of a result of a study: the words of its report, whatever its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from sim.experiment.files import STUDY_FILE
from sim.experiment.result import StudyResult
from sim.report import Reported, words
from sim.report.blocks import Because, Figure, Filter, Origin, Proof, Report, Section, Source
from sim.report.texts import texts
from sim.report.words import Span
from sim.scenario import Scenario, to_yaml

R = TypeVar("R", bound=Reported)


class Findings(ABC, Generic[R]):
    """A result in numbers and words. A kind says its own; tables and pictures are made of it.

    Args:
        result: what was found.
        scenario: of the result; where there are several, that which others are compared with.
        confidence: of its intervals, 0 to 1.
    """

    def __init__(self, result: R, scenario: Scenario, confidence: float) -> None:
        self.result, self.scenario = result, scenario
        self.currency, self.span = scenario.currency, Span(scenario.calendar.days)
        self.confidence = f"{100 * confidence:g} %"

    def tell(self, name: str, /, **of: object) -> str:
        """A sentence of this kind of report, filled in; they stand in `sentences.toml`."""
        text: str = texts("sentences")[self.result.kind][name]
        return text.format(f=self, **of)

    def say(self, row: words.Bounded) -> str:
        """A value with its unit."""
        return words.said(row, self.currency)

    def figure(self, row: words.Bounded, label: str, meaning: str, measure: str = "") -> Figure:
        """A number that matters, with its interval."""
        return Figure(label, self.say(row), words.stated(row, self.currency), meaning, measure)

    @abstractmethod
    def about(self) -> str:
        """What was run, and how often."""

    @abstractmethod
    def answer(self) -> str:
        """The outcome in a sentence."""

    @abstractmethod
    def certainty(self) -> str:
        """How sure that is."""

    @abstractmethod
    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""

    @abstractmethod
    def because(self) -> Iterator[Because]:
        """Why: what weighs most."""

    @abstractmethod
    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""

    @abstractmethod
    def notes(self) -> str:
        """How to read the tables."""

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted."""
        return words.assumed_of([self.scenario])

    def recommended(self) -> str:
        """What to choose; nothing where nothing is to be chosen, or it cannot be told."""
        return ""

    def picture(self) -> str:
        """The chart, by name, that says most at a glance."""
        return ""

    def report(
        self,
        title: str,
        sections: Iterable[Section],
        origin: Origin,
        filters: Iterable[Filter] = (),
        proofs: Iterable[Proof] = (),
    ) -> Report:
        """The report of them, with these sections."""
        return Report(
            title=title,
            about=self.about(),
            answer=self.answer(),
            certainty=self.certainty(),
            figures=tuple(self.figures()),
            because=tuple(self.because()),
            risks=tuple(self.risks()),
            assumed=self.assumed(),
            sections=tuple(sections),
            origin=origin,
            filters=tuple(filters),
            proofs=tuple(proofs),
            recommended=self.recommended(),
            picture=self.picture(),
            notes=self.notes(),
        )


SAVE_ALL = (
    "Save each of the texts below under its name, all in one folder; this command gives the same "
    "numbers, to the last digit:"
)


def study_origin(
    result: StudyResult,
    replications: str,
    scenarios: Mapping[str, Scenario],
    facts: Mapping[str, str],
    *,
    first: tuple[Source, ...] = (),
    how: str = SAVE_ALL,
) -> Origin:
    """Where the result of a study comes from.

    Args:
        result: what was found; replications: how many, in words.
        scenarios: that its study file names, by the name of their file.
        facts: what else makes the same numbers again.
        first: other texts, before the study; how: what to do with all of them.
    """
    said = words.facts_of(result.provenance(), replications)
    texts = (Source(name, to_yaml(scenario)) for name, scenario in scenarios.items())
    return Origin(
        {**said, **facts},
        f"sim {result.kind} {STUDY_FILE} --engine {result.engine}",
        (*first, Source(STUDY_FILE, result.study_text()), *texts),
        how,
    )
