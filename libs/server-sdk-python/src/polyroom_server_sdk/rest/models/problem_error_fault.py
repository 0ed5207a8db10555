from typing import Literal, cast

ProblemErrorFault = Literal["client", "server"]


def check_problem_error_fault(value: str) -> ProblemErrorFault:
    return cast(ProblemErrorFault, value)
