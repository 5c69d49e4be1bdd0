"""Words of an export: names of queues, how contacts ended."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.data.merged import bare, coded
from sim.data.tables import OUTCOMES

ANSWERED, ABANDONED, FLOWED, CLOSED = OUTCOMES
MEANINGS = {
    ANSWERED: "answered handled served agent connected completed complete accepted connect "
    "angenommen beantwortet answer atendida repondu traite decroche bearbeitet ok",
    ABANDONED: "abandoned abandon hang hangup hung_up hang_up aufgelegt abgebrochen raccroche "
    "abandonne abandonada lost missed caller_abandoned cancelled "
    "caller_hung_up hungup abandonment no_answer unanswered verloren",
    FLOWED: "flowed_out flow_out overflow overflowed transferred_out voicemail callback timeout "
    "ueberlauf rerouted diverted",
    CLOSED: "closed out_of_hours after_hours geschlossen ferme short_closed",
}
OUTCOME_OF = {
    word.replace("_", " "): said for said, words in MEANINGS.items() for word in words.split()
}
_PLAIN = {"abandoned", "abandon", "abandonment", "answered", "handled", "overflow", "overflowed"}
_OTHERWISE = re.compile(r"\b(no|not|un\w+|never|nicht|ivr|menu|voicemail|callback|elsewhere|non)\b")
INBOUND = {"inbound", "in", "incoming", "eingehend", "entrant", "entrante", "received", ""}
OUTBOUND = {"outbound", "out", "outgoing", "ausgehend", "sortant", "saliente", "internal", "api"}
OUTBOUND |= {"callback", "call back"}  # agents make them; who waits for one waits for no answer
YES = {"y", "yes", "true", "1", "ja", "oui", "si", "t", "x", "j"}
NO = {"n", "no", "false", "0", "nein", "non", "f"}


def names_of(cells: pa.Array | None, usual: str, rows: int) -> pd.Categorical:
    """Names that a scenario can have, of words of an export."""
    if cells is None:
        return pd.Categorical.from_codes(np.zeros(rows, np.int8), [usual])
    codes, texts = coded(cells)
    said = [name_of(text) or usual for text in texts]
    categories = list(dict.fromkeys(said))
    place = np.array([categories.index(one) for one in said], np.int64)
    return pd.Categorical.from_codes(place[codes], categories)


def name_of(text: str) -> str:
    """A name of the scenario language: letters, digits, spaces, `_` and `-`."""
    plain = " ".join(re.sub(r"[^\w -]+", " ", text).split()).strip("-_ ")
    return f"queue {plain}" if re.fullmatch(r"[\d.]+", plain) else plain


def outcome_of(text: str) -> str:
    """How a contact ended, by a word of an export; empty if it has no known meaning.

    Of several words the one that is plain, as in `abandoned in queue`, if all say the same.
    """
    word = bare(text)
    plain = {OUTCOME_OF[one] for one in word.split() if one in _PLAIN}
    some = plain if len(plain) == 1 and not _OTHERWISE.search(word) else {""}
    return OUTCOME_OF.get(word) or some.pop()


def known(column: pa.Array, words: Collection[str]) -> float:
    """Share of the different cells of a column that are among some words."""
    said = [bare(str(one)) for one in column.drop_null().unique().to_pylist()]
    return sum(one in words for one in said) / max(len(said), 1)
