"""What there is to measure, and what results are split by: all of it in words.

Measures stand in the order of tables, and below each what has to be added up for it:

    name = formula | label [short label] | unit | which way is better | heading
        Its definition: plain sentences in a planner's words.
        + component (kinds): what is added up

A formula is left out where it is the name of a component. `OFFERED`, `UNANSWERED` and `COST` stand
for sums of several (`SUMS` of `sim.measures.catalogue`); `quantiles of` makes a measure of each
level. What has one of the `HEADINGS` is among the totals of a run; of quantiles it names one. How a
measure is estimated and whom it tells about follow from its formula. A component stands below the
first measure that is made of it; its kinds are those of `sim.measures.components`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    """A way to split results.

    name, label: in tables and files; for people.
    kinds: of components that have a meaning in it.
    table: measures that the report of a run tells by it.
    groups: where they are the same in every scenario, their names: `GROUPS` of
        `sim.measures.contacts` says in which a contact is. Where they are not,
        `sim.measures.slices` names them.
    """

    name: str
    label: str
    kinds: str
    table: str = ""
    groups: tuple[str, ...] = ()

    def tells(self, kinds: Collection[str]) -> bool:
        """Whether a component of these kinds has a meaning in it."""
        return not set(kinds).isdisjoint(self.kinds.split(", "))


_CONTACTS = "contact, answered, customer, time, waiting, time itself"
_WAITS = "waits, waits before an answer"
_TABLE = "contacts answered service_level abandonment closed"

SPLITS = (
    Split("total", "Total", f"{_CONTACTS}, {_WAITS}, agents"),
    Split(
        "pool",
        "Pool",  # who answered
        "answered, customer, agents, waiting, waits, time itself",
        "answered passed_in callbacks_reached hours occupancy aht conversion satisfaction",
    ),
    Split(
        "agent",
        "Agent",  # the people whom a roster names
        "each agent, time itself",
        "handled aht occupancy hours paid_hours overtime_hours",
    ),
    Split(
        "source",
        "Source",  # what money is spent on: a pool (its contract), a channel (its own cost)
        "of a contract, of a channel, time itself",
        "cost cost_hours cost_overtime cost_contacts cost_minutes cost_resolutions cost_sales "
        "cost_fixed cost_minimum cost_channels cost_waiting",
    ),
    Split("channel", "Channel", f"{_CONTACTS}, {_WAITS}", f"{_TABLE} asa"),
    Split("reason", "Reason", f"{_CONTACTS}, {_WAITS}", _TABLE),
    Split(
        "earlier",
        "Earlier contacts",  # that the customer had made before, whatever became of them
        "contact, answered",
        _TABLE,
        ("0", "1", "2", "3 or more"),
    ),
    Split("window", "Window", f"{_CONTACTS}, {_WAITS}, agents", f"{_TABLE} margin"),
    Split(
        "interval",
        "Interval",  # of the day, as long as the scenario's `run.interval` says
        f"{_CONTACTS}, agents",
        f"{_TABLE} agents",
    ),
    Split("day", "Day", f"{_CONTACTS}, agents"),
    Split("hour", "Hour", f"{_CONTACTS}, agents"),  # of the week
)
"""All splits, in the order of tables.

By pool, a channel's cost counts at the pool that answered; by source, at the channel. Only cost is
split by source.
"""


@dataclass(frozen=True)
class Entry:
    """A measure as it is written, with the components that were not needed before it.

    heading: where it stands among the totals of a run, if it does.
    components: name, kinds and meaning of each.
    """

    name: str
    formula: str
    label: str
    short: str
    unit: str
    better: str
    heading: str
    definition: str
    components: tuple[tuple[str, tuple[str, ...], str], ...]


_HEAD = re.compile(r"(\w+)(?: = (.+?))? \| (.+?)(?: \[(.+)\])? \| (\w+) \| (\w+)(?: \| ([\w ]+))?")
_COMPONENT = re.compile(r"(\w+) \((.+?)\): (.+)")


def entries() -> Iterator[Entry]:
    """All entries, in order."""
    for written in re.split(r"\n(?=\w)", ENTRIES.strip()):
        head, told = re.split(r"\n    (?=\S)", written, maxsplit=1)
        definition, *below = (" ".join(one.split()) for one in told.split("\n    + "))
        found = _HEAD.fullmatch(" ".join(head.split()))
        parts = [_COMPONENT.fullmatch(one) for one in below]
        if found is None or not all(parts):
            raise ValueError(f"this is no entry:\n{written}")
        name, formula, label, short, unit, better, heading = (one or "" for one in found.groups())
        components = tuple((one[1], tuple(one[2].split(", ")), one[3]) for one in parts if one)
        words = (label, short, unit, better, heading, definition)
        yield Entry(name, formula or name, *words, components)


HEADINGS = (
    *("Customers", "Answered", "Transfers", "AI agent", "Not answered", "Further contacts"),
    *("Callbacks", "Agents", "Worth"),
)
"""Of the totals of a run, in order."""

ENTRIES = """
customers | Customers | customers | neither | Customers
    Customers who made contact, each counted once.
    + customers (customer): customers
contacts | Contacts | contacts | neither | Customers
    All contacts made, whatever became of them.
    + contacts (contact): contacts made
offered = OFFERED | Offered | contacts | neither
    Contacts that reached the queue or an agent: answered or abandoned. Blocked, closed and
    self-served contacts and flow-outs are not among them.
    + answered (answered, each agent): contacts answered by an agent, each counted once
    + abandoned (contact): contacts abandoned, those that would not wait at all among them
answered | Answered | contacts | more | Answered
    Contacts answered by an agent. Who was called back instead is not among them, but among the
    `flowed_out` and the `callbacks_reached`.
unanswered = UNANSWERED | Unanswered | contacts | less | Not answered
    Contacts that ended without an answer: abandoned, blocked by a full queue, turned away by a
    busy signal, closed (outside opening hours) or expired.
    + blocked (contact): contacts turned away because the queue was at its limit
    + no_line (contact): contacts turned away because all lines were in use
    + closed (contact): contacts turned away because the channel was closed, dismissed at closing,
        or not offered because no agent was free
    + expired (contact): deferred contacts dropped unanswered
abandoned | Abandoned | contacts | less | Not answered
    Contacts whose customer hung up while waiting, or would not wait at all.
balked | Balked | contacts | less
    Contacts whose customer left at once because of having to wait; counted in `abandoned` too.
    + balked (contact): contacts that would not wait at all
short_abandoned | Short abandons | contacts | neither | Not answered
    Contacts abandoned sooner than `run.short_abandon`, counted apart: not among the abandoned or
    the offered, and in no service level.
    + short_abandoned (contact): contacts abandoned sooner than `run.short_abandon`, in no other
        count but `contacts`
blocked | Blocked | contacts | less | Not answered
    Contacts turned away by a full queue.
no_line | Busy signal | contacts | less | Not answered
    Contacts turned away because all lines were in use; counted apart from a full queue.
closed | Closed | contacts | less | Not answered
    Contacts that arrived outside opening hours, met a channel that was not offered, or were
    dismissed at closing time.
expired | Expired | contacts | less | Not answered
    Deferred contacts dropped without an answer.
retries | Retries | contacts | less | Further contacts
    Contacts made after an abandoned one, to try once more.
    + retries (contact): contacts made after an abandoned one
again | Repeat contacts | contacts | less | Further contacts
    Contacts made because the last answer did not resolve the matter.
    + again (contact): contacts made because the last answer did not resolve the matter
displaced | Displaced | contacts | less | Further contacts
    Closed contacts whose customer came back later or switched to another channel; each also counts
    in `closed`.
    + displaced (contact): closed contacts whose customer came back later or switched channel
overdue | Reminders | contacts | less | Further contacts
    Contacts made because a deferred one (an e-mail) was not answered by its due time.
    + overdue (contact): contacts made because a deferred one was not answered by its due time
duplicates | Duplicates | contacts | less | Further contacts
    Answered contacts whose matter had been answered before: an overdue e-mail and the call it led
    to were both answered; the later one counts.
    + duplicates (answered): contacts answered although the same matter had been answered before
withdrawn | Withdrawn | contacts | neither | Further contacts
    Contacts ended because the same customer was answered on another channel.
    + withdrawn (contact): contacts ended because the customer was answered elsewhere (linked
        centre)
self_served | Self-served | contacts | neither | Further contacts
    Contacts handled by self-service, resolved or not; in no service level.
    + self_served (contact): contacts handled by self-service, resolved or not
unreached | Not reached | contacts | less | Further contacts
    Outbound calls that nobody picked up, or somebody else; not among the offered. Of callbacks:
    `callbacks_unreached`.
    + unreached (contact): outbound calls that nobody picked up, or somebody else
flowed_out | Flow-outs | contacts | neither | Not answered
    Contacts that left the queue by one of its exits, to another channel or to the end, or whose
    customer chose to be called back; neither answered nor abandoned, and not among the offered.
    What exits led to counts as contacts of its own.
    + flowed_out (contact): contacts that left the queue by one of its exits, or to be called back
unfinished | Unfinished | contacts | less | Not answered
    Contacts still open at the end of the run.
    + unfinished (contact): contacts still open, or still to come, at the end of the run
callbacks | Callbacks | contacts | neither | Callbacks
    Contacts whose customer chose to be called back instead of waiting, each counted once, however
    often they are called. They are flow-outs, in no service level.
    + callbacks (contact): contacts whose customer chose to be called back
callbacks_reached | Callbacks reached | contacts | more | Callbacks
    Callbacks whose customer was reached, at whichever call.
    + callbacks_reached (answered): customers called back and reached
callbacks_unreached | Callbacks not reached | contacts | less | Callbacks
    Callbacks whose customer did not pick up, though called as often as may be.
    + callbacks_unreached (contact): of these called as often as may be, in vain
callbacks_expired | Callbacks expired | contacts | less | Callbacks
    Callbacks that nobody made in time. Those in none of the three were withdrawn, or are still
    open at the end of the run.
    + callbacks_expired (contact): of these not called before their patience for it had ended
dials | Dials | contacts | neither | Further contacts
    Outbound calls made, whoever picked up.
    + dials (contact): outbound calls made, whoever picked up
transfers | Transfers | contacts | neither | Transfers
    How often contacts were passed on to somebody else after an answer; each stays one contact.
    + transfers (contact): contacts passed on, counted each time: where they come to
handled | Handled | contacts | more
    What agents handled: contacts from outside, callbacks that reached somebody, and contacts
    passed on to them. A contact with two talks counts twice, as does one whose talk somebody
    joins.
    + handled (answered, each agent): contacts answered by an agent, those passed on to them among
        these
passed_in = transfers_answered | Passed in | contacts | neither
    Contacts passed on that the next agent answered; all other handled ones came from outside.
    + transfers_answered (answered): contacts passed on that the next agent answered
lost_after_transfer | Lost after transfer | contacts | less | Transfers
    Answered contacts whose customer was passed on and then abandoned, or found nobody: they count
    as answered, and in the service level by their first answer.
    + lost_after_transfer (answered): answered contacts whose customer, passed on, reached nobody
        in the end
conferences | Conferences | contacts | neither | Transfers
    How often somebody joined an agent's talk with a customer. Their time counts as that of one
    more contact handled, in the pool they come from.
    + conferences (answered): agents who joined the talk of another
conferences_missed | Conferences missed | contacts | less | Transfers
    How often somebody was to join a talk and nobody was free: the agent went on alone.
    + conferences_missed (contact): agents who were to join the talk of another, and were not free
offers | Offers | contacts | neither | Agents
    How often contacts were offered to agents who may decline; a contact that several decline
    counts several times.
    + offers (contact): offers of contacts to agents who may decline
deflected | Contained in self-service [Contained] | customers | neither
    Customers whom self-service helped and who reached no agent: nobody could sell them anything.
    + deflected (customer): customers with a contact that self-service resolved and none that an
        agent answered

service_level = answered_within / OFFERED | Service level | share | more | Answered
    Share of offered contacts answered within the threshold (`run.service_level`; for deferred
    channels the due time). The same as `sl_offered`.
    + answered_within (answered): contacts answered within the threshold (a deferred channel's due
        time)
sl_offered = answered_within / OFFERED | Service level (of offered) | share | more
    Share of offered contacts answered within the threshold.
sl_answered = answered_within / answered | Service level (of answered) | share | more
    Share of answered contacts answered within the threshold. It leaves out those who abandoned.
sl_exclude_short = answered_within / OFFERED - abandoned_within | Service level (short abandons
  excluded) | share | more
    Share answered within the threshold, of offered contacts without those abandoned within it.
    + abandoned_within (contact): contacts abandoned within the threshold; those that would not
        wait at all among them
sl_credit_short = answered_within + abandoned_within / OFFERED | Service level (short abandons
  credited) | share | more
    Share of offered contacts whose wait had ended within the threshold, answered or abandoned.

transfer_rate = transferred / handled | Transfer rate | share | less | Transfers
    Share of handled contacts that the agent passed on; by pool, of those whom it handled.
    + transferred (answered, each agent): contacts passed on, counted each time: where they come
        from
transfer_service_level = transfers_within / transfers_answered + transfers_abandoned | Service level
  of transfers [SL of transfers] | share | more | Transfers
    Share of contacts passed on that the next agent answered within the threshold, of those
    answered or abandoned. They are in no other service level.
    + transfers_within (answered): of these answered within the threshold
    + transfers_abandoned (contact): of these abandoned while waiting for the next agent
transfer_abandonment = transfers_abandoned / transfers_answered + transfers_abandoned | Abandonment
  of transfers | share | less | Transfers
    Share of contacts passed on that were abandoned before the next agent answered.
transfer_asa = wait_of_transfers / transfers_answered | ASA of transfers | s | less | Transfers
    Mean wait of contacts passed on, from the end of the talk to the next agent's answer.
    + wait_of_transfers (answered): seconds waited by them, since they were passed on
transfer_hold = hold_time / transferred | Hold per transfer | s | less | Transfers
    Mean time that the agent who passes on stays with the customer in a warm transfer: waits for
    the next agent and hands over. It is part of the AHT; 0 in a cold transfer.
    + hold_time (answered): seconds that agents stayed with customers whom they passed on, until
        these were handed over
wait_in_all = wait_in_all / answered | Wait over all talks | s | less | Transfers
    Mean wait of answered contacts, before the first talk and between talks.
    + wait_in_all (answered): seconds waited by answered contacts, after being passed on too
handle_time_in_all = work_in_all / answered | Handle time per contact | s | neither | Transfers
    Mean time that an answered contact takes of all its agents together: talk and wrap-up of every
    talk. The AHT is of one talk.
    + work_in_all (answered): seconds of talk and wrap-up for answered contacts, by all who were
        passed them

ai_involved | AI agent: involved [AI involved] | contacts | neither | AI agent
    Contacts that an AI agent answered.
    + ai_involved (answered): contacts that an AI agent answered
containment = ai_contained / ai_involved | Containment | share | more | AI agent
    Share of contacts answered by an AI agent that were not handed over to people, as vendors
    count: wrong answers and customers who left without a word are among them.
    + ai_contained (answered): of these not handed over: resolved, wrongly too, or the customer
        left
ai_resolved | AI agent: resolutions [AI resolutions] | contacts | more | AI agent
    Contacts that the AI agent says it has resolved, wrong answers among them: what vendors bill.
    + ai_resolved (answered): of these resolved, in the AI agent's own eyes
ai_net | AI agent: net resolutions [AI net] | contacts | more | AI agent
    Resolutions of the AI agent after which the customer made no contact within 7 days, on any
    channel.
    + ai_net (answered): of these such that the customer made no contact within 7 days
cost_per_net_resolution = ai_cost / ai_net | Cost per net resolution | money | less | AI agent
    What the AI agent's contract asks for contacts, minutes and resolutions, divided by its net
    resolutions.
    + ai_cost (answered): contract of the AI agent: per_contact, per_minute and per_resolution

answer_rate = answered / answered + UNANSWERED | Answer rate | share | more | Answered
    Share answered of the contacts that needed an agent: abandoned, blocked, closed and expired
    contacts and busy signals count as not answered, flow-outs in neither way.
abandonment = abandoned / OFFERED | Abandonment | share | less | Not answered
    Share of offered contacts that were abandoned.
abandoned_within = abandoned_within / abandoned | Abandoned within threshold | share | neither
    Share of abandoned contacts that were abandoned within the threshold; those that would not wait
    at all are among them.
blocking = blocked / OFFERED + blocked | Blocking | share | less
    Share of contacts turned away by a full queue, of those offered or blocked.
busy_signals = no_line / contacts | Busy signals | share | less
    Share of all contacts turned away because all lines were in use.
flow_out_rate = flowed_out / OFFERED + flowed_out | Flow-out rate | share | neither
    Share of contacts that left the queue by an exit or to be called back, of those offered or
    flowed out.
callback_rate = callbacks_reached / callbacks_reached + callbacks_unreached + callbacks_expired |
  Callback success rate | share | more | Callbacks
    Share of callbacks whose customer was reached, of those reached, not reached or expired.
closed_share = closed / contacts | Closed rate | share | less
    Share of all contacts that were closed: outside opening hours, not offered, or dismissed at
    closing time.
repeated = repeated / contacts | Repeated contacts | share | less | Further contacts
    Share of all contacts whose customer had made another one before: retries, repeat contacts,
    reminders and all others.
    + repeated (contact): contacts whose customer had made another one before
no_wait = answered_at_once / OFFERED | Answered immediately | share | more
    Share of offered contacts answered without any wait.
    + answered_at_once (answered): contacts answered without any wait
right_party_rate = right_party / dials | Right-party contact rate | share | more | Further contacts
    Share of outbound calls that reached whom they were for.
    + right_party (contact): of these answered by whom they were for
offers_declined = offers - offers_taken / offers | Offers not taken | share | less | Agents
    Share of offers that led to no answer: the agent declined or let it time out, or the contact
    ended first.
    + offers_taken (contact): contacts taken by an agent who may decline: answered, or called back
        in vain
self_service_resolved = self_resolved / self_served | Resolved in self-service | share | more |
  Further contacts
    Share of self-served contacts that were resolved there.
    + self_resolved (contact): contacts that self-service resolved

asa = wait_of_answered / answered | Average speed of answer (ASA) [ASA] | s | less | Answered
    Mean wait of answered contacts. E-mails count with their hours, so read it by channel where
    there are deferred ones.
    + wait_of_answered (answered): seconds waited by contacts that were answered
asa_p = quantiles of waits_of_answered | Time to answer | s | less | Answered p90
    The wait that % of answered contacts do not exceed.
    + waits_of_answered (waits): waits of answered contacts
wait = wait_of_answered + wait_of_abandoned / OFFERED | Wait | s | less
    Mean wait of all offered contacts, answered or abandoned (those that would not wait count with
    0).
    + wait_of_abandoned (contact): seconds waited by abandoned contacts
callback_wait = wait_of_called_back / called_back | Time to callback | s | less | Callbacks
    Mean time from accepting to be called back until the first call, whether it reached the
    customer or not; in no other wait.
    + wait_of_called_back (answered): seconds until they were first called
    + called_back (answered): customers called back, reached or not, however often
wait_p = quantiles of waits_of_answered + waits_of_abandoned | Wait | s | less
    The wait that % of offered contacts do not exceed.
    + waits_of_abandoned (waits before an answer): waits of abandoned contacts
time_to_abandon = wait_of_abandoned / abandoned | Time to abandon | s | neither
    Mean wait of abandoned contacts; those that would not wait at all count with 0. For those who
    did wait, multiply by abandoned / (abandoned - balked).
time_to_abandon_p = quantiles of waits_of_abandoned | Time to abandon | s | neither
    The wait that % of abandoned contacts (with balking, some of them 0) do not exceed.
queue_length = waiting / time | Queue length | contacts | less
    Number of contacts waiting, averaged over time; a backlog of e-mails is a queue too. Who is to
    be called back has left it. The table `queue` of a run has the share of time with 0, 1, 2, ...
    waiting.
    + waiting (time): seconds that contacts spent waiting
    + time (time itself): seconds of the slice within the counted days
hang_ups | Abandoned, by when they hang up [Hang-ups] | contacts | less
    Contacts abandoned within the counted days, in the hour in which their customer hung up;
    `abandoned` counts them in the hour in which they arrived.
    + hang_ups (time): contacts abandoned, counted when that was

hours = duty | Agent hours [Hours] | h | neither | Agents
    Hours that agents were on duty in the counted days, without overtime; also while a break waits
    for the end of a contact.
    + duty (agents, each agent): seconds that agents were on duty
paid_hours = paid | Paid hours | h | neither
    Hours paid by the hour: on duty, paid breaks and meetings, and what is paid of the hours of
    people who did not come.
    + paid (agents, each agent): seconds paid by the hour, each by its share of per_hour
shrinkage = rostered - duty / rostered | Shrinkage | share | neither
    Share of rostered time in which people were not there for contacts: absent, late, in meetings,
    on paid breaks.
    + rostered (agents, each agent): seconds rostered: on duty, absent, in meetings, on paid
        breaks; without unpaid breaks
absence = absent / rostered | Absence | share | neither
    Share of rostered time of people who did not come that day.
    + absent (agents, each agent): rostered seconds of people who did not come that day
overtime_hours = overtime | Overtime hours | h | less | Agents
    Hours that agents stayed after the end of their duty to finish work.
    + overtime (agents, each agent): seconds that agents stayed after the end of their duty, but
        for those by which a break ended later
agents = duty / time | Agents on duty [Agents] | agents | neither
    Number of agents on duty, averaged over time.
occupancy = busy / duty | Occupancy | share | neither | Agents
    Share of the agents' capacity on duty that is in use: one of three possible chats in hand
    counts a third. A contact that rings takes as much, and who hands over in a warm transfer is
    busy.
    + busy (agents, each agent): seconds on duty with contacts in hand or ringing, each weighted by
        the part of the agent that it takes
occupancy_any = busy_any / duty | Occupancy (any contact) | share | neither
    Share of the time on duty with at least one contact in hand, or ringing.
    + busy_any (agents, each agent): seconds on duty with any contact in hand or ringing
aht = talk_time + wrap_time / handled | Average handle time (AHT) [AHT] | s | neither | Answered
    Mean time that a handled contact takes: talk and wrap-up; of one passed on, each talk.
    + talk_time (answered, each agent): seconds of talking or writing
    + wrap_time (answered, each agent): seconds of wrap-up
talk = talk_time / handled | Talk time | s | neither
    Mean time of talking or writing with the customer.
wrap = wrap_time / handled | Wrap-up time [Wrap-up] | s | neither
    Mean wrap-up time after the customer has gone.
hours_after = work_after | Work after the counted days | h | less
    Hours of talk and wrap-up spent on the counted customers after the counted days: in answered,
    but neither in agent hours nor in cost by the hour.
    + work_after (answered): seconds of talk and wrap-up spent after the end of the counted days

conversion = sales / intending | Conversion | share | more | Worth
    Share of customers with an intention to buy who bought, answered or not.
    + sales (customer): customers who bought, answered or not
    + intending (customer): customers with an intention to buy
conversion_answered = sales_answered / intending_answered | Conversion of answered | share | more
    Share who bought, of the customers with an intention to buy who were answered within their
    purchase window.
    + sales_answered (customer): customers who bought after an answer within their window
    + intending_answered (customer): customers with an intention to buy, answered within their
        window
missed_buyers = intending - intending_answered | Missed buyers | customers | less | Not answered
    Customers with an intention to buy who were not answered within their purchase window.
sales | Sales | sales | more
    Customers who bought, answered or not.
revenue | Revenue | money | more | Worth
    What customers spent, answered or not.
    + revenue (customer): revenue of all sales
unaided_revenue | Unaided revenue | money | neither
    What the same customers would have spent without any help.
    + unaided_revenue (customer): revenue these customers would have brought had nobody helped
        anyone
incremental_revenue = revenue - unaided_revenue | Incremental revenue | money | more | Worth
    Revenue that help adds: what customers spent, less what they would have spent unaided.
satisfaction = satisfied / asked | Satisfaction | share | more | Worth
    Share of satisfied customers, of those first answered by a pool that states its satisfaction.
    + satisfied (customer): those of them who were satisfied
    + asked (customer): customers whose first answer came from a pool that states its satisfaction

cost = COST | Cost | money | less | Worth
    All cost: what pools' contracts and channels cost in the counted days; by source, each contract
    and each channel apart.
    + cost_hours (agents, each agent, of a contract): contract: per_hour x (1 + premium) x hours
        paid; the highest premium counts
    + cost_overtime (agents, each agent, of a contract): contract: per_hour x overtime x hours after
        the end of duty
    + cost_contacts (answered, of a contract): contract: per_contact x answered contacts
    + cost_minutes (answered, of a contract): contract: per_minute x minutes of talk and wrap-up
    + cost_resolutions (answered, of a contract): contract: per_resolution x what an AI agent says
        it has resolved
    + cost_sales (answered, of a contract): contract: per_sale x sales + revenue_share x revenue, of
        customers answered within their window
    + cost_fixed (agents, of a contract): contract: per_week, and once by its part of `over`, spread
        evenly over time
    + cost_minimum (agents, of a contract): contract: what shifts shorter than minimum_shift lack x
        per_hour, spread over the shift's time on duty; what the contract's other parts lack of
        minimum_per_week x counted days / 7, spread evenly over time
    + cost_channels (answered, of a channel): cost_per_contact of the channel x contacts answered or
        self-served; of its callback or outbound x customers called, in vain or not
    + cost_waiting (waiting, of a channel): cost_per_waiting_minute of the channel x minutes that
        contacts waited; by pool, where it answered them
cost_hours | Cost: hours [By hour] | money | less
    Hours on duty at the contract's rate, with the highest premium that covers the time.
cost_overtime | Cost: overtime [Overtime] | money | less
    Hours after the end of duty at the contract's overtime rate: a multiple of the hourly rate,
    without premiums; 0 means unpaid.
cost_contacts | Cost: per contact [Per contact] | money | less
    What contracts pay for each answered contact.
cost_minutes | Cost: per minute [Per minute] | money | less
    What contracts pay for each minute of talk and wrap-up.
cost_resolutions | Cost: resolutions [Per resolution] | money | less
    What contracts pay for each contact that an AI agent says it has resolved.
cost_sales | Cost: sales [Per sale] | money | less
    What contracts pay for each sale after an answer within the purchase window, and their share of
    its revenue.
cost_fixed | Cost: fixed [Fixed] | money | less
    Fixed weekly amounts of contracts, for the counted days (7 days are one week), and the part of
    these days in what is paid once.
cost_minimum | Cost: minimum [Minimum] | money | less
    What contracts pay beyond what was worked: shifts shorter than the minimum shift, and what is
    missing in the counted days to the minimum per week.
cost_channels | Cost: channels [Channel] | money | less
    What channels themselves cost for each contact answered or self-served, and for each call back.
cost_waiting | Cost: waiting [Waiting] | money | less
    What channels' waiting minutes cost: a price that the scenario sets on customers' time, part of
    the cost as any other.
margin = added_profit - COST | Margin | money | more | Worth
    What the service brings: incremental revenue x gross margin - cost.
    + added_profit (customer): (revenue - unaided_revenue) x the scenario's gross margin
expected_margin = expected_profit - COST | Expected margin | money | more
    The margin with the luck of single sales averaged out: the same on average, but with far less
    noise, so that options are told apart sooner.
    + expected_profit (customer): added_profit with the luck of single sales averaged out: chance
        to buy x mean basket, with the help that was given and without
margin_per_hour = added_profit - COST / duty x 3600 | Margin per agent hour | money | more
    Margin, divided by the hours that agents were on duty.
cost_per_contact = COST / answered + callbacks_reached + self_served | Cost per contact | money |
  less | Worth
    All cost, divided by the contacts answered, called back or self-served.
revenue_per_contact = won_revenue / buying_answered | Revenue per contact | money | more
    Revenue of sales after an answer within the purchase window, divided by the contacts of
    customers with an intention to buy that were answered or called back.
    + won_revenue (answered): revenue of sales to customers answered within their window, counted
        at the contact that decided
    + buying_answered (answered): contacts of customers with an intention to buy, answered or
        called back

contacts_per_customer = contacts_made / customers | Contacts per customer | contacts | less |
  Customers
    Contacts that a customer makes about one matter, retries and repeat contacts among them;
    further calls to a customer are not.
    + contacts_made (customer): contacts that these customers made
customers_answered = customers_answered / customers - deflected | Customers answered | share | more
  | Further contacts
    Share of customers answered at last, at whichever contact, of those whom self-service did not
    help.
    + customers_answered (customer): customers whom an agent answered in the end, passed on or not
contacts_until_answered = contacts_until_answered / customers_answered | Contacts until answered |
  contacts | less | Further contacts
    Contacts that a customer makes until one is answered, this one counted, of the customers
    answered at last.
    + contacts_until_answered (customer): contacts that these made up to that one
resolved_first = first_resolved / first_answered | First contact resolution (FCR) [FCR] | share |
  more | Customers
    Share resolved of the customers whose first contact was answered, or called back.
    + first_resolved (answered): of these resolved
    + first_answered (answered): customers' first contacts that were answered or called back
settled_first = first_settled / first_answered | FCR as observed | share | more | Customers
    Share of the same customers who made no other contact within 7 days, on any channel, retries
    apart: what an operator can see. Who is not resolved and stays away counts as resolved here.
    + first_settled (answered): of these such that the customer made no contact within 7 days,
        retries apart
"""
