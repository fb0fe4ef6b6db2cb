# Seven Steps to Await. "make help" lists what can be made.

CFLAGS = -O2 -g -Wall -Wextra
STEPS = $(sort $(foreach d,$(wildcard step0*_*),$(patsubst step0%,%,$(firstword $(subst _, ,$d)))))

.DEFAULT_GOAL = all
.PHONY: all help diff diffstat test torture mutants check expected bench bench-peers clean $(STEPS:%=diff%)

all: $(STEPS:%=step%)

help:
	@echo "make              builds every step"
	@echo "make step3        builds ./step3, the program of step 3 (also: make step03)"
	@echo "make diff3        shows what step 3 changes in step 2"
	@echo "make diff         shows what one step changes in another: FROM=5 TO=7"
	@echo "make diffstat     counts the lines of each step, and those that it changes"
	@echo "make test         runs the tests; they need bash and bats-core"
	@echo "make torture      lets each system call and allocation fail once; see tests/torture/run"
	@echo "make mutants      breaks each step in one place after the other: a test has to notice"
	@echo "make check        runs the tests and all that a careful maintainer runs besides"
	@echo "make expected     writes tests/expected anew, to be read before it is committed"
	@echo "make bench        measures what the lessons claim; takes some minutes"
	@echo "make bench-peers  says what to install so that bench can compare with all others"
	@echo "make clean        removes what was built"

# One compiler call a step.
define step_rules
step$1 step0$1: $(wildcard step0$1_*/*.[ch])
	$$(CC) $$(CFLAGS) $(wildcard step0$1_*/*.c) -pthread -o $$@
diff$1:
	@tests/diff $(shell expr $1 - 1) $1
endef
$(foreach n,$(STEPS),$(eval $(call step_rules,$n)))

diff:
	@tests/diff $(FROM) $(TO)

diffstat:
	@tests/diff --stat

test: all
	@tests/run

torture: all
	@tests/torture/run $(if $(STEP),--step $(STEP)) $(if $(CALL),--call $(CALL)) $(if $(N),--n $(N)) \
		$(if $(ERROR),--error $(ERROR)) $(if $(DEMO),--demo "$(DEMO)") $(if $(GDB),--gdb)

mutants:
	@tests/mutants/run $(if $(STEP),--step $(STEP)) $(if $(ONLY),--only "$(ONLY)")

check: all
	@tests/check

expected: all
	@tests/expect

bench: all
	@tests/bench/run

bench-peers:
	@echo "sudo apt-get install golang-go libuv1-dev libev-dev nodejs python3" \
		"python3-uvloop python3-tornado python3-gevent"

clean:
	rm -rf $(STEPS:%=step%) $(STEPS:%=step0%) build
