# make trace: what the scheduler did in a scenario, as text, for trace viewers, and as a picture.

## file of shell commands that `make trace` runs
SCENARIO ?= tools/scenarios/quantum.txt

## runs SCENARIO, and leaves its trace as text, JSON and a picture
.PHONY: trace
trace:
	$(Q)tools/install build run
	$(Q)$(MAKE_FIRST) $(IMAGE) >&2
	$(Q)rm -f $(BUILD)/trace.txt $(BUILD)/trace.json $(BUILD)/trace.svg
	$(Q)tools/trace-run $(IMAGE) $(SCENARIO) $(BUILD)/trace.txt
	$(Q)tools/python3 tools/trace-convert $(BUILD)/trace.txt
