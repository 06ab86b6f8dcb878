module conformance

go 1.25

require tasker v0.1.0

replace tasker => ./sdk
