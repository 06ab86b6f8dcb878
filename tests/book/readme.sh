#! greet
sdk_of_repository handler
#> cd greet
lock_of greet greet-handlers
