# The one door to everything: `make help` lists the targets.
#
# Each target says what it does in the comment behind its name. Long work lives in scripts and
# in cargo; this file only knows the order.

.DEFAULT_GOAL := help
.PHONY: help deps boot test test-fast test-multicall test-stages test-theirs test-sealed test-million test-qemu programs install vm-stage freebsd-check man lint

CARGO ?= cargo
# Where `make install` puts things: below DESTDIR, programs in PREFIX/bin and PREFIX/sbin.
DESTDIR ?=
PREFIX ?= /usr
SYSCONFDIR ?= /etc
# How the programs are built: static, for this machine. STATIC= gives dynamic ones.
PROFILE ?= release
RUST_TARGET ?= $(shell rustc -vV | sed -n 's/^host: //p')
STATIC ?= "-Ctarget-feature=+crt-static", "-Crelocation-model=static"

# Everything the virtual machines are made of, apart from our own programs.
export RUNIT_DEPS ?= $(CURDIR)/.deps
# Where our programs, stages and services are installed for the virtual machines.
export RUNIT_VM_STAGE := $(CURDIR)/target/vm/stage

# nextest shows progress and runs tests in processes of their own; plain cargo does as well. The
# tests of the programs mostly wait (a restart takes its second): more of them than cores.
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
TEST_FAST = $(if $(NEXTEST),$(CARGO) nextest run -j 8,RUST_TEST_THREADS=8 $(CARGO) test)
# A virtual machine keeps one core busy: two at a time.
TEST_VM = $(if $(NEXTEST),$(CARGO) nextest run -j 2,$(CARGO) test) -p vm-tests
TEST_VM_ARGS = $(if $(NEXTEST),,-- --test-threads=2)

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install and download what is missing: Rust, QEMU, a kernel, a user land
	@qemu-tests/images/host.sh
	@qemu-tests/images/fetch.sh

boot: deps vm-stage ## Boot a virtual machine with runit-rs as process 1, on this terminal (WORDS=single)
	@$(CARGO) run -p vm-tests --bin vm-boot -- $(WORDS)

test: test-fast test-multicall test-stages test-debian test-theirs test-sealed test-qemu ## All tests but the long ones: test-million, test-shutdowns, test-debian-services(-vm), deb-check, test-debian-vm

test-fast: deps ## Unit, property and program tests
	$(TEST_FAST) --workspace --exclude vm-tests

test-multicall: deps ## Tests of the programs on the multi-call file: each name is what it names
	@init/programs/tests/multicall.sh

test-stages: deps ## The stages, their duties and the services, under sh and busybox sh
	@stages/tests/run.sh

.PHONY: test-debian
test-debian: deps ## What Debian's packages find beside the programs: invoke-run, tools, SysV scripts
	@$(CARGO) build -p runit --bins
	@distro/debian/tests/fetch.sh
	@distro/debian/tests/run.sh

.PHONY: test-debian-services test-debian-services-vm
test-debian-services: deps ## Debian's daemons under our services, each started for real in namespaces (root; a network once)
	$(CARGO) build -p runit
	@distro/debian/tests/services.sh $(SERVICES)

test-debian-services-vm: deps deb ## The same in a virtual machine: all of them at one boot, then those that need a kernel (root)
	@distro/debian/tests/services-vm.sh $(SERVICES)

test-theirs: deps ## The program tests against the C programs of Debian: the oracle agrees with itself
	RUNIT_UNDER_TEST=theirs $(TEST_FAST) -p runit

test-sealed: deps ## runsv and process 1 in a build that aborts on any allocation after set-up
	$(TEST_FAST) -p runit-sys -p runit --features heap-seal --target-dir target/seal --test heap_seal --test runsv --test pid1

test-million: deps ## Each property of formats and state machines with a million random cases (some ten minutes)
	PROPTEST_CASES=1000000 $(CARGO) test --release -p runit-core --lib

test-qemu: deps vm-torture ## Tests in virtual machines (two at a time, no KVM needed)
	$(TEST_VM) $(TEST_VM_ARGS)

.PHONY: test-shutdowns
test-shutdowns: deps vm-stage ## Twenty shutdowns at any moment with writers running, each followed by e2fsck (RUNIT_VM_SHUTDOWNS=20)
	RUNIT_VM_SHUTDOWNS=$(or $(RUNIT_VM_SHUTDOWNS),20) $(CARGO) test -p vm-tests --test hard_shutdown file_systems -- --nocapture

programs: ## Build the programs
	@$(CARGO) build -p runit --bins --profile $(PROFILE) --target $(RUST_TARGET) \
		--config 'target.$(RUST_TARGET).rustflags=[$(STATIC)]'

# What `make release` built, unless there is none, or a source is newer, or PROFILE asks for another.
small = $${CARGO_TARGET_DIR:-target}/small/programs
is_fresh = [ $(PROFILE) = release ] && [ -e "$(small)/$(if $(MULTICALL),runit-rs,runit)" ] && \
	[ -z "$$(find Cargo.lock Cargo.toml init -type f ! -path '*/tests/*' ! -path '*/man/*' ! -path '*/completions/*' \
		-newer "$(small)/runit" | head -n 1)" ]
install: ## Install programs, stages, levels and services (DESTDIR= PREFIX=/usr MULTICALL= CHPST_NAMES=)
	@if $(is_fresh); then \
		from="$(small)"; \
	else \
		$(MAKE) --no-print-directory programs; \
		from="$${CARGO_TARGET_DIR:-target}/$(RUST_TARGET)/$(subst dev,debug,$(PROFILE))"; \
	fi && echo "install: programs of $$from" && MULTICALL="$(MULTICALL)" CHPST_NAMES="$(CHPST_NAMES)" \
		distro/common/install.sh "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" "$$from"

.PHONY: release multicall release-deps bench bench-quick bench-svlogd bench-deps
release: ## Build every program as a small static file (musl where it can be had; LIBC=glibc for that)
	@LIBC="$(LIBC)" distro/common/release.sh

multicall: release ## All programs in one small static file, runit-rs, for an initramfs or a container
	@LIBC="$(LIBC)" distro/common/release.sh runit-rs

release-deps: ## Install what `make release` needs to build on musl: Debian's newest Rust, its source, musl-gcc
	@distro/common/release-deps.sh

# MINUTES=15: in that time, with fewer rounds.
MINUTES ?= 30
bench: release bench-deps ## Measure runit-rs and others in turn: bench/RESULTS.md and a plot (root; MINUTES=30)
	@bench/svlogd/fetch.sh
	@bench/run.py --minutes $(MINUTES) --results

bench-quick: release bench-deps ## The same in under three minutes, with fewer rounds and services
	@bench/run.py --quick

bench-svlogd: release ## Measure svlogd and other loggers in turn, one table (ten minutes)
	@bench/svlogd/fetch.sh
	@bench/svlogd/run.py --markdown bench/RESULTS-svlogd.md

# The guests get what `make release` built; no KVM, whose clock does not count instructions.
.PHONY: bench-reboot
bench-reboot: deps release bench-deps ## Time from reboot to reset with 1, 100, 1,000 services, ours and Debian's runit (in QEMU; QUICK=1)
	@rm -rf target/vm/bench-stage
	@distro/common/install.sh "$(CURDIR)/target/vm/bench-stage" /usr /etc "$(small)"
	@RUNIT_VM_STAGE=$(CURDIR)/target/vm/bench-stage RUNIT_VM_ACCEL=tcg $(CARGO) run -q -p vm-tests --bin vm-reboot -- \
		$(if $(QUICK),--quick,--markdown bench/RESULTS-reboot.md)

bench-deps:
	@bench/fetch.sh
	@bench/parts/build.sh $(RUNIT_DEPS)/bench/parts

vm-stage: ## Install all of it for the virtual machines
	@rm -rf $(RUNIT_VM_STAGE)
	@$(MAKE) --no-print-directory install DESTDIR=$(RUNIT_VM_STAGE) PREFIX=/usr PROFILE=vm
	@cp "$${CARGO_TARGET_DIR:-target}/$(RUST_TARGET)/vm/runit-rs" "$(dir $(RUNIT_VM_STAGE))"

# What only the tests in virtual machines run; `make boot` can do without building it.
.PHONY: vm-torture
vm-torture: vm-stage
	@$(CARGO) build -p runit --example svlogd-torture --profile vm --target $(RUST_TARGET) \
		--config 'target.$(RUST_TARGET).rustflags=[$(STATIC)]'
	@cp "$${CARGO_TARGET_DIR:-target}/$(RUST_TARGET)/vm/examples/svlogd-torture" "$(dir $(RUNIT_VM_STAGE))"

freebsd-check: ## Compile and link programs and tests for FreeBSD (they are not run; two minutes)
	@distro/freebsd/check.sh

man: deps ## Check the manual pages with mandoc and groff
	@init/programs/man/check.sh

lint: deps man ## Formatting, clippy, shellcheck, manual pages
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	shellcheck -x -P SCRIPTDIR $$(git ls-files '*.sh' 'init/programs/completions/bash/*' \
		'distro/debian/lib/*' 'distro/debian/bin/*' 'distro/debian/sbin/*')

# Packages are for one release: the one of SUITE, where it is said, else this machine's.
RELEASE ?= $(if $(filter trixie,$(SUITE)),13)
.PHONY: deb
deb: ## Build the Debian packages into target/deb, lintian-clean (RELEASE=12: for which Debian; LIBC=)
	@distro/debian/deps.sh
	@LIBC="$(LIBC)" distro/debian/build.sh $(RELEASE)

.PHONY: deb-check
deb-check: ## Install, upgrade, remove and replace the packages of `make deb` in root file systems of their own (root)
	@distro/debian/check.sh $(CASES)

# The Debian of the test machines and of the boot bench; what debian.sh can debootstrap from this machine's mirror.
SUITE ?= bookworm
.PHONY: debian-disk test-debian-vm bench-boot bench-boot-quick
debian-disk: ## Put Debian's packages and ours of target/deb on a disk for the test machines (SUITE=bookworm)
	@mkdir -p $(dir $(RUNIT_VM_STAGE))
	@qemu-tests/images/debian.sh disk $(SUITE) $(dir $(RUNIT_VM_STAGE))debian-packages.ext4 \
		"$${RUNIT_DEB_OUT:-$${CARGO_TARGET_DIR:-target}/deb}"

test-debian-vm: deps deb debian-disk ## Our packages on real Debian systems, over each of its inits, in virtual machines (root; twenty minutes)
	RUNIT_SUITE=$(SUITE) RUNIT_VM_LIMIT=$(or $(RUNIT_VM_LIMIT),1200) $(if $(NEXTEST),\
		$(CARGO) nextest run -j 1 -p vm-tests --no-fail-fast --run-ignored only -E 'binary(/^debian/)',\
		$(CARGO) test -p vm-tests --test debian_install --test debian_beside -- --ignored --test-threads=1)

bench-boot: deps deb ## Boot, reboot, memory and processes beside other inits, by both clocks (root; an hour)
	@bench/boot/run.py --anew --again --out bench/boot/RESULTS.md

bench-boot-quick: deps deb ## The same once, by the instruction clock (a quarter of an hour), and where the seconds of ours go
	@bench/boot/run.py --anew --quick
	@bench/boot/run.py --profile ours
