# Seven Steps to Await. "make help" lists what can be made.

CFLAGS = -O2 -g -Wall -Wextra
STEPS = $(sort $(foreach d,$(wildcard step0*_*),$(patsubst step0%,%,$(firstword $(subst _, ,$d)))))

.DEFAULT_GOAL = all
.PHONY: all help diff diffstat test torture mutants fuzz coverage figures check check-long \
	check-arm64 expected pictures bench bench-peers clean $(STEPS:%=diff%)

all: $(STEPS:%=step%)

help:
	@echo "make              builds every step"
	@echo "make step3        builds ./step3, the program of step 3 (also: make step03)"
	@echo "make diff3        shows what step 3 changes in step 2"
	@echo "make exercise3.2  tries your solution of step 3's second exercise"
	@echo "make diff         shows what one step changes in another: FROM=5 TO=7"
	@echo "make diffstat     counts the lines of each step, and those that it changes"
	@echo "make test         runs the tests; they need bash and bats-core"
	@echo "make torture      lets each call of libc fail once; needs python3"
	@echo "make mutants      breaks each step, place after place: a test has to notice"
	@echo "make fuzz         lets clang look for input that no parser can bear: SECONDS=600"
	@echo "make coverage     counts the lines of each step that the tests run; needs gcov"
	@echo "make figures      runs all that tries much, prints figures; takes half an hour"
	@echo "make check        runs the tests and what a careful maintainer runs besides"
	@echo "make check-long   torture, mutants and fuzz, all of them: before a release"
	@echo "make check-arm64  runs the tests on arm64, in an emulator; takes some minutes"
	@echo "make expected     writes tests/expected anew, to be read before it is committed"
	@echo "make pictures     draws the timelines, as step*/pictures/*.svg; needs python3"
	@echo "make bench        measures what the lessons claim; takes some minutes"
	@echo "make bench-peers  says what to install so that bench can compare with all others"
	@echo "make clean        removes what was built; do so before make CC=clang"

# One compiler call a step.
define step_rules
step$1 step0$1: $(wildcard step0$1_*/*.[ch] step0$1_*/*/*.[ch])
	$$(CC) $$(CFLAGS) $(wildcard step0$1_*/*.c step0$1_*/*/*.c) -pthread -o $$@
diff$1:
	@tests/diff $(shell expr $1 - 1) $1
endef
$(foreach n,$(STEPS),$(eval $(call step_rules,$n)))

diff:
	@tests/diff $(FROM) $(TO)

diffstat:
	@tests/diff --stat

exercise%:
	@tests/exercise $*

test: all
	@tests/run

torture: all
	@command -v python3 >/dev/null || { echo "tests/torture/run: needs python3" >&2; exit 1; }
	@tests/torture/run $(if $(STEP),--step $(STEP)) $(if $(CALL),--call $(CALL)) $(if $(N),--n $(N)) \
		$(if $(ERROR),--error $(ERROR)) $(if $(DEMO),--demo "$(DEMO)") $(if $(GDB),--gdb)

mutants:
	@tests/mutants/run $(if $(STEP),--step $(STEP)) $(if $(ONLY),--only "$(ONLY)")

fuzz:
	@tests/fuzz/run $(SECONDS)

coverage:
	@tests/coverage --lines --least 95 $(if $(STEP),--step $(STEP))

figures: all
	@tests/figures

check: all
	@tests/check

# The table of figures is what they have tried.
check-long: figures
	@tests/soak 300

check-arm64:
	@tests/check-arm64

expected: all
	@tests/expect

pictures: all
	@tests/pictures

bench: all
	@tests/bench/run

bench-peers:
	@echo "sudo apt-get install golang-go libuv1-dev libev-dev nodejs python3" \
		"python3-uvloop python3-tornado python3-gevent"

clean:
	rm -rf $(STEPS:%=step%) $(STEPS:%=step0%) build
