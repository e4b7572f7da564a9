"""A small playbook for the engine's tests: four roles, one policy, two messages, two KPI cards."""

from textwrap import dedent


def role(title: str, above: str | None, authority: str = "", deputy: str = "") -> str:
    front = f"reports to: {above}\n" if above else ""
    front += f"deputy: {deputy}\n" if deputy else ""
    front += f"authority:\n{authority}" if authority else ""
    return f"---\n{front}---\n\n# {title}\n\nDoes what the role says.\n"


ROLES = {
    "roles/founder.md": role("Founder", None, "  refund: any\n  release: any\n"),
    "roles/operations-lead.md": role("Operations lead", "founder", "  refund: 200 each\n  release: 500 each\n"),
    "roles/support-agent.md": role("Support agent", "operations-lead", "  refund: 50 each\n"),
    "roles/picker.md": role("Picker", "operations-lead", deputy="packer"),
    "roles/packer.md": role("Packer", "operations-lead"),
}

OTHERS = {
    "policies/shipping.md": dedent(
        """\
        ---
        owner: operations-lead
        review every: 90 days
        ---

        # Shipping

        ## pick_by

        The hour by which the wave is picked.

        - **Value:** 15:00
        - **Why:** the carrier comes at four
        - **Basis:** carrier
        - **Raise it when:** the carrier comes later
        - **Lower it when:** waves come late

        ## answer_days

        How long we wait for an answer.

        - **Value:** 3 days
        - **Why:** longer waits are cancelled by the customer
        - **Basis:** own choice
        - **Raise it when:** answers come late
        - **Lower it when:** stock is short
        """
    ),
    "messages/shipped.md": dedent(
        """\
        ---
        about: order
        subject: Your order {{ order.number }} is on its way
        ---

        # Shipped

        Order {{ order.number }} left today with {{ answers.carrier }}, tracking {{ answers.tracking }}.

        {{ store.name }}
        """
    ),
    "messages/address-question.md": dedent(
        """\
        ---
        about: order
        subject: Where shall we send {{ order.number }}?
        ---

        # Address question

        The address of {{ order.number }} is incomplete.
        {% if order.address_problem %}Missing: {{ order.address_problem }}.{% endif %}

        {{ store.name }}
        """
    ),
    "kpis/speed.md": dedent(
        """\
        ---
        unit: hours
        better: down
        owner: operations-lead
        target: 24
        benchmark: own choice
        ---

        # Speed

        From order to parcel.

        ```sql
        select placed_on as day_on, channel_id, 'order' as ref_type, id as ref_id, 1 as numerator, 1 as denominator
        from orders
        ```
        """
    ),
}

FRONT = """\
area: fulfilment
owner: operations-lead
performer: support-agent
about: order
promise: 1 working day
review every: 90 days
kpis: speed
state: on
"""


def procedure(body: str, front: str = "", title: str = "A procedure") -> str:
    """A procedure file: the usual front matter, what a test adds to it, and its steps."""
    given = {line.split(":")[0] for line in dedent(front).splitlines() if not line.startswith(" ")}
    usual = "".join(f"{x}\n" for x in FRONT.splitlines() if x.split(":")[0] not in given)
    return f"---\n{usual}{dedent(front)}---\n\n# {title}\n\nFor a test.\n\n{dedent(body)}"


def book(**procedures: str) -> dict[str, str]:
    """The whole playbook with these procedures (underscores stand for hyphens)."""
    texts = {f"procedures/{name.replace('_', '-')}.md": text for name, text in procedures.items()}
    return ROLES | OTHERS | texts
