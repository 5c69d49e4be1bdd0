"""Comparisons to open: a shop that may stay open longer, and options with hostile names."""

from __future__ import annotations

from collections.abc import Mapping

import sim
from sim.experiment.study import Factor, Study

EVENING = {"pools.team.agents": {"mon-fri 18:00-22:00": 2}}
HELPERS = {
    "pools": {
        "helpers": {
            "agents": {"mon-fri 18:00-22:00": 2},
            "answers": {"phone": 1, "chat": 2},
            "contract": {"per_contact": 4},
            "sells": {"conversion": 0.09, "basket": 150},
        }
    },
    "routing": [{"channel": "chat", "to": ["writers", "helpers"]}, {"to": ["team", "helpers"]}],
}

SCRIPT = "</script><script>document.title=1</script>"
ARABIC = "مساء الخير يا عالم"
ENDLESS = "averyveryverylongoptionnamewithoutanyspaceinitthatneverstops"

COMPARED = ("options", "options-hostile")


def comparison(name: str, shop: str, hostile: str) -> sim.Comparison:
    """A comparison by name.

    Args:
        name: of `COMPARED`.
        shop, hostile: scenarios to start from.
    """
    if name == "options":
        study = Study.of(
            {
                "closed": sim.loads(shop),
                "open later": sim.loads(shop, overrides=EVENING),
                "helpers": sim.loads(shop, overrides=HELPERS),
            },
            question="Who should answer in the evening?",
            vary=(Factor("reasons.purchase.buying.unaided", ("0 %", "2 %", "6 %")),),
        )
        return sim.compare(study, replications=12, jobs=1)
    changes: Mapping[str, float] = {"constructor": 1.0, SCRIPT: 0.9, ARABIC: 0.8, ENDLESS: 0.5}
    options = {
        name: sim.loads(hostile, overrides={"pools.constructor.presence": presence})
        for name, presence in changes.items()
    }
    study = Study.of(options, question=f"{SCRIPT} <b>or</b> {ARABIC} or {ENDLESS * 4}?")
    return sim.compare(study, replications=4, jobs=1)
