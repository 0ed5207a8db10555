from typing import Literal, cast

ProblemFault = Literal["client", "server"]


def check_problem_fault(value: str) -> ProblemFault:
    return cast(ProblemFault, value)
