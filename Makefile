# Passcode Agent. `make run` shows the main job, `make test` runs every test that can run on this machine.

# What is built and downloaded is kept outside the tree, so that a fresh clone need not build it again.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/passcode-agent
export CACHE
export CARGO_TARGET_DIR ?= $(CACHE)/target

.PHONY: help build agent libpasscode run test lint bench fuzz protocol clean

help:            ## show this
	@grep -E '^[a-z]+: .*##' Makefile | sed -E 's/:.*## */\t/' | expand -t 12

# Where there is a desktop, its tray belongs to the main job.
DESKTOP := $(strip $(WAYLAND_DISPLAY)$(DISPLAY))

build: agent ## build passcoded, passcode and passcode-tray, and put them into ./bin
	@packaging/setup.sh tray
	cargo build --release --locked -p passcode-tray
	@cp $(CARGO_TARGET_DIR)/release/passcode-tray bin/

agent: ## build passcoded and passcode alone
	@packaging/setup.sh build
	cargo build --release --locked -p passcode-daemon -p passcode-cli
	@mkdir -p bin && cp $(CARGO_TARGET_DIR)/release/passcoded $(CARGO_TARGET_DIR)/release/passcode bin/
	@ln -sf passcode bin/passcode-askpass && ln -sf passcode bin/passcode-pinentry

libpasscode: ## build the library for programs in C, and put it with its header and pkg-config file into ./bin
	@packaging/setup.sh build
	cargo build --profile library --locked -p passcode-c
	@proto/libpasscode/install.sh $(CARGO_TARGET_DIR)/library bin

run: $(if $(DESKTOP),build,agent) ## show the main job with a private agent and an organisation's service: pair, get codes, sign on
	@packaging/setup.sh run
	cargo build --release --locked -p passcode-pairing-service
	@PAIRING_SERVICE=$(CARGO_TARGET_DIR)/release/pairing-service packaging/demo.sh

test: lint ## run every test that can run here
	tests/fuzz/run.sh short
	tests/pairing-service/conformance.sh
	cargo test --locked --workspace

lint: ## check form, lints, dependencies and documentation
	@packaging/setup.sh test
	cargo fmt --all --check
	$(CACHE)/tools/bin/cargo-deny --log-level error check bans licenses sources
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' cargo doc --locked --quiet --workspace --no-deps --document-private-items

bench: ## measure the figures of docs/performance.md
	@packaging/setup.sh bench
	tests/bench/run.sh

fuzz: ## fuzz every decoder, FUZZ_SECONDS each; damage disk and vault in every way; kill 10,000 times
	@packaging/setup.sh test
	tests/fuzz/run.sh long
	PASSCODE_THOROUGH=1 cargo test --locked --release -p passcode-tests --test damage
	PASSCODE_THOROUGH=1 cargo test --locked -p passcode-process-tests --test promises io_errors
	PASSCODE_KILLS=10000 cargo test --locked -p passcode-process-tests --test promises killed_anywhere
	PROPTEST_CASES=10000 cargo test --locked -p passcode-tests --test laws

protocol: ## make the tables of docs/protocol.md anew from the code
	PASSCODE_BLESS=1 cargo test --locked -p passcode-tests --test documents

clean: ## remove what was built
	rm -rf bin target $(CARGO_TARGET_DIR)
