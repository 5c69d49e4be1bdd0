"""What every formula refuses: one clear ValueError per impossible input."""

import math


def positive(name: str, value: float, *, infinite: bool = False) -> float:
    """Return `value` if it is above zero (and finite, unless `infinite` is allowed)."""
    if not value > 0 or (math.isinf(value) and not infinite):
        raise ValueError(f"{name} must be {'' if infinite else 'finite and '}above 0, got {value}")
    return float(value)


def not_negative(name: str, value: float) -> float:
    """Return `value` if it is finite and not below zero."""
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be finite and not below 0, got {value}")
    return float(value)


def share(name: str, value: float) -> float:
    """Return `value` if it is between 0 and 1, both included."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {value}")
    return float(value)


def whole(name: str, value: float, *, at_least: int) -> int:
    """Return `value` as an int if it is a whole number not below `at_least`."""
    if not (math.isfinite(value) and value == int(value) and value >= at_least):
        raise ValueError(f"{name} must be a whole number of at least {at_least}, got {value}")
    return int(value)


def room(value: float) -> float:
    """Return a waiting room's size: a whole number of at least 0, or infinity."""
    return value if value == math.inf else whole("waiting_room", value, at_least=0)
