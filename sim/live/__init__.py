"""The live page: change a value, see at once what happens and how sure it is.

`server.py` is the wiring, `answers.py` what the page can ask, `desk.py` who asks; `knobs.py` finds
what can be changed, `trial.py` plays a scenario and a variant of it on the same customers,
`folder.py` keeps the files, `guard.py` the door.
"""
