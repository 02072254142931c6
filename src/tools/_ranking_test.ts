import assert from "node:assert/strict";
import { rank } from "./_ranking.ts";

Deno.test("rank() puts rare words before frequent ones, and short texts before long ones", () => {
  const texts = [
    "read a file",
    "write a file",
    "read a file of many other words, such as these",
    "weather",
  ];
  assert.deepEqual(rank(texts, "read file"), [0, 2, 1]);
  assert.deepEqual(rank(texts, "write"), [1]);
  assert.deepEqual(rank(texts, "file write"), [1, 0, 2]);
});

Deno.test("rank() reads names as the words that they are made of", () => {
  const texts = ["openPane", "close_pane", "HTTP2Server", "größe"];
  assert.deepEqual(rank(texts, "pane"), [0, 1]);
  assert.deepEqual(rank(texts, "Close-Pane"), [1, 0]);
  assert.deepEqual(rank(texts, "GRÖSSE größe"), [3]);
});

Deno.test("rank() finds nothing in nothing", () => {
  assert.deepEqual(rank([], "word"), []);
  assert.deepEqual(rank(["", "..."], "word"), []);
  assert.deepEqual(rank(["word"], " "), []);
});
