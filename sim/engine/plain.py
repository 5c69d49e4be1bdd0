"""What the rules name by number, as plain numbers, and the order of simultaneous events (1).

Members of an enumeration are several times slower to name and to compare.
"""

from __future__ import annotations

from sim.engine.planning.channels import Kind
from sim.tables import Cause, Outcome, Purpose

FIRST = int(Cause.FIRST)
LIVE, DEFERRED, SELF_SERVICE = (int(kind) for kind in Kind)
(
    ANSWERED,
    ABANDONED,
    BALKED,
    BLOCKED,
    CLOSED,
    EXPIRED,
    WITHDRAWN,
    SELF_SERVED,
    UNREACHED,
    UNFINISHED,
    FLOWED_OUT,
    NO_LINE,
) = (int(outcome) for outcome in Outcome)
(
    OF_PATIENCE,
    OF_HANDLE,
    OF_WRAP,
    OF_BALK,
    OF_RETRY,
    OF_RETRY_AFTER,
    OF_AGAIN,
    OF_AGAIN_AFTER,
    OF_CLOSED,
    OF_CLOSED_AFTER,
    OF_OVERDUE,
    OF_CALLBACK,
    OF_REACH,
    _,
    OF_CHOOSE,
) = (int(purpose) for purpose in Purpose if purpose <= Purpose.CHOOSE)
OF_TRANSFER = int(Purpose.TRANSFER)
(
    OF_DIFFICULTY,
    OF_AI_AGENT,
    OF_AI_TALK,
    OF_CALLBACK_PATIENCE,
    OF_HAND_OVER,
    OF_CONFERENCE,
) = (int(purpose) for purpose in Purpose if purpose >= Purpose.DIFFICULTY)

(
    DOOR_CLOSES,
    OFF_DUTY,
    TALK_ENDS,
    FINISHED,
    OFFER_ENDS,
    PAUSE_ENDS,
    ON_DUTY,
    LINE_FREED,
    ARRIVES,
    POOL_JOINS,
    EXIT_OPENS,
    DUE,
    PATIENCE_ENDS,
    THE_END,
) = (kind << 48 for kind in range(14))
