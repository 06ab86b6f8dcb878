module tasker

go 1.25
