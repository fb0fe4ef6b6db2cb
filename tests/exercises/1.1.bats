#!/usr/bin/env bats
# Exercise 1.1: a route /twice.

load exercise

@test "blocking answers /twice with barbar" {
    SERVE_OPTIONS="--model blocking"
    start_serve
    client get:/twice recv
    is "$output" "me: 200 barbar"
    stop_serve
}
