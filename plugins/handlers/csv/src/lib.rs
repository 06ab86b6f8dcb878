use tasker_sdk as _;
