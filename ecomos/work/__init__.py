"""Work: a procedure carried out. Triggers, runs, tasks, decisions, approvals, escalation, the queue. Every deed of a
person is a function here that checks the person's role and the task's state itself, whatever a page showed."""

from ecomos.work.adoption import adopt_orders, list_adoptions, listed, order_by_ref
from ecomos.work.authority import acting, acting_roles
from ecomos.work.clockwork import pass_time
from ecomos.work.deviating import asked_someone, decline, done_elsewhere, hand_over, later, not_sure, skip
from ecomos.work.finishing import approve, choose_way, finish, finish_batch, judge, refuse
from ecomos.work.looking import OpenWork, Promise, correct_order, hear_customer, open_work, promises
from ecomos.work.queue import Item, case_name, next_after, queue_of, queue_of_roles, told
from ecomos.work.schedules import announce_reviews, start_by_the_clock
from ecomos.work.settling import after_import, may_start, release, resend_mail, settle, start
from ecomos.work.shop import Shop
from ecomos.work.tasks import give_back, give_back_all, take, task_row
from ecomos.work.telling import mark_seen, seen_lately, tell_by_mail
from ecomos.work.timeline import Entry, timeline
from ecomos.work.upkeep_tasks import close_upkeep_task, open_upkeep_task
from ecomos.work.versions import adopt_playbook, in_force, policies, procedure_version, proposals

__all__ = [
    "Entry",
    "Item",
    "OpenWork",
    "Promise",
    "Shop",
    "acting",
    "acting_roles",
    "adopt_orders",
    "adopt_playbook",
    "after_import",
    "announce_reviews",
    "approve",
    "asked_someone",
    "case_name",
    "choose_way",
    "close_upkeep_task",
    "correct_order",
    "decline",
    "done_elsewhere",
    "finish",
    "finish_batch",
    "give_back",
    "give_back_all",
    "hand_over",
    "hear_customer",
    "in_force",
    "judge",
    "later",
    "list_adoptions",
    "listed",
    "mark_seen",
    "may_start",
    "next_after",
    "not_sure",
    "open_upkeep_task",
    "open_work",
    "order_by_ref",
    "pass_time",
    "policies",
    "procedure_version",
    "promises",
    "proposals",
    "queue_of",
    "queue_of_roles",
    "refuse",
    "release",
    "resend_mail",
    "seen_lately",
    "settle",
    "skip",
    "start",
    "start_by_the_clock",
    "take",
    "task_row",
    "tell_by_mail",
    "timeline",
    "told",
]
