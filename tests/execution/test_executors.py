"""The built-in executors keep the contract of executors."""

from __future__ import annotations

import pytest
from tests.contracts.executor import ConcurrentExecutorContract, ExecutorContract

from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor


class TestInProcess(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return InProcessExecutor()


class TestThreads(ConcurrentExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return ThreadExecutor(workers=3)


class TestProcesses(ConcurrentExecutorContract):
    @pytest.fixture
    def executor(self) -> Executor:
        return ProcessExecutor(workers=2)
