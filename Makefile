# Everything a user or a developer does here. Each target installs what it needs and this machine lacks.
REPO ?= Tests/Fixtures/shop
OUT ?= reports

export PKG_CONFIG_PATH := $(CURDIR)/.packs/tree-sitter/lib/pkgconfig

# One configuration for the program and the tests: dependencies take minutes to build, so they are built once.
BUILD := swift build -c release --explicit-target-dependency-import-check error
# The provider suite has a process to itself: it keeps deadlines, and tests that wait for programs hold up its threads.
TEST := swift test -c release --disable-testable-imports --skip-build
SECORCH := .build/release/secorch

.PHONY: scan build test test-llm test-threads proof bench bench-accuracy check format setup clean

# Scans REPO and leaves the reports in OUT. Fails only where there is no report: findings and gaps are in it.
scan: build
	@$(SECORCH) scan "$(REPO)" --out "$(OUT)"; code=$$?; [ $$code -le 1 ] || [ $$code -eq 3 ] || exit $$code

# Leaves the program in .build/release/secorch.
build: setup
	@$(BUILD) --product secorch

setup:
	@.ci/install-prerequisites

# The test suite with reduced counts: minutes.
test: setup
	@.ci/install-prerequisites --tests
	@$(BUILD) --build-tests
	@$(TEST) --skip ProvidersTests
	@$(TEST) --filter ProvidersTests

# Against a real, small model: fetched and started, unless SECORCH_TEST_LLM names a server (http://127.0.0.1:PORT/v1).
test-llm: setup
	@$(BUILD) --build-tests
	@url=$${SECORCH_TEST_LLM:-$$(.ci/start-model-server)} && code=0 || exit 1; \
	for suite in RealServerTests RealModelTests; do \
	    SECORCH_TEST_LLM=$$url $(TEST) --filter $$suite || code=$$?; \
	done; \
	[ -n "$$SECORCH_TEST_LLM" ] || .ci/start-model-server stop; exit $$code

# The same with the full counts that the requirements name.
proof: setup
	@.ci/install-prerequisites --tests
	@$(BUILD) --build-tests
	@SECORCH_PROOF=1 $(TEST) --skip ProvidersTests
	@SECORCH_PROOF=1 $(TEST) --filter ProvidersTests

# What shares money between threads, watched by the thread sanitizer. A build of its own: a quarter of an hour on two
# cores. Not the providers' suite: the sanitizer sees neither the slow path of the standard library's Mutex nor what
# continuations and reference counts hand over, and reports each as a race.
test-threads: setup
	@swift test -c release --sanitize=thread --scratch-path .build-threads --disable-testable-imports --filter LedgerTests

# Ours and the peers side by side. See Tests/Benchmarks/README.md.
bench: setup
	@$(BUILD) --product secorch
	@$(BUILD) --product measure
	@Tests/Benchmarks/run

# A labelled suite in DIR, scored for ours, bandit and, where RULES names a folder of its rules, semgrep.
bench-accuracy: build
	@Tests/Benchmarks/suite.py "$(DIR)" $(if $(RULES),--semgrep-rules "$(RULES)")

# Format, imports, sizes and rule files.
check: build
	@.ci/check

format:
	@swift format -i -r Sources Tests Package.swift

clean:
	@rm -rf .build .packs
