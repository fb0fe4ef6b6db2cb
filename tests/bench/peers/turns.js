// Prints lines, as turns.py does:
//
//     node_switch NS    a hundred async functions take turns: a switch, by await
//     node_starved MS   one computes for 200 ms, and another wants to run each ms: its longest wait
const LIVE = 100;
const BATCH_MS = 20;
const BATCHES = 15;
const COMPUTE_MS = 200;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let ended = false;

async function turn(rounds) {
  for (let i = 0; i < rounds; i++) await null;
}

async function batch(rounds) {
  const began = performance.now();
  await Promise.all(Array.from({ length: LIVE }, () => turn(rounds)));
  return performance.now() - began;
}

async function lookOn() {
  let longest = 0;
  while (!ended) {
    const began = performance.now();
    await sleep(1);
    longest = Math.max(longest, performance.now() - began);
  }
  return longest;
}

async function compute() {
  const end = performance.now() + COMPUTE_MS;
  while (performance.now() < end);
  ended = true;
}

async function main() {
  let rounds = 1;
  while ((await batch(rounds)) < BATCH_MS) rounds *= 2;
  let best = Infinity;
  for (let i = 0; i < BATCHES; i++) best = Math.min(best, await batch(rounds));
  console.log(`node_switch ${((best / rounds / LIVE) * 1e6).toFixed(3)}`);
  const other = lookOn();
  await sleep(20);
  compute();
  console.log(`node_starved ${(await other).toFixed(3)}`);
}

main();
