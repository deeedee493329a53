"""The built-in executors keep the contract of executors."""

from __future__ import annotations

import pytest
from tests.contracts.executor import ConcurrentExecutorContract, ExecutorContract
from tests.contracts.op_executor import OpExecutorContract

from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor


class TestInProcess(ExecutorContract, OpExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return InProcessExecutor()


class TestThreads(ConcurrentExecutorContract, OpExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return ThreadExecutor(workers=3)


class TestProcesses(ConcurrentExecutorContract, OpExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return ProcessExecutor(workers=2)
