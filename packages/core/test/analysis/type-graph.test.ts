/**
 * Types along edges, parts of objects that meet, and what is open.
 */
import { expect, test } from 'vitest';
import { MIXED, TypeGraph, UNSEEN } from '../../src/analysis/type-graph.ts';

const INT = 3;
const TEXT = 8;
const ELEMENT = 0;

test('types go along edges, and two of them are mixed', () => {
  const graph = new TypeGraph();
  const [a, b, c] = [graph.add(1), graph.add(1), graph.add(1)];
  graph.flow(a, c);
  graph.flow(b, c);
  graph.give(a, INT);
  graph.solve();
  expect([a, b, c].map((node) => graph.codeOf(node))).toEqual([INT, UNSEEN, INT]);
  graph.give(b, TEXT);
  graph.solve();
  expect([a, b, c].map((node) => graph.codeOf(node))).toEqual([INT, TEXT, MIXED]);
});

test('objects that meet share their parts, whichever way they go', () => {
  const graph = new TypeGraph();
  const [a, b, c] = [graph.add(1), graph.add(1), graph.add(1)];
  graph.give(graph.part(a, ELEMENT), INT);
  graph.flow(a, b);
  graph.solve();
  expect(graph.partCode(b, ELEMENT)).toBe(INT);
  expect(graph.partCode(c, ELEMENT)).toBe(UNSEEN);
  graph.give(graph.part(c, ELEMENT), TEXT);
  graph.flow(c, b);
  graph.solve();
  expect(graph.partCode(a, ELEMENT)).toBe(MIXED);
});

test('parts of what is open are mixed, made before or behind, and those of what meets it', () => {
  const graph = new TypeGraph();
  const [a, b] = [graph.add(1), graph.add(1)];
  const inner = graph.part(graph.part(a, ELEMENT), ELEMENT);
  graph.give(inner, INT);
  graph.open(a);
  graph.solve();
  expect([graph.partCode(a, ELEMENT), graph.codeOf(inner)]).toEqual([MIXED, MIXED]);
  expect(graph.codeOf(graph.part(a, 5))).toBe(MIXED);
  graph.give(graph.part(b, ELEMENT), INT);
  graph.same(a, b);
  graph.solve();
  expect(graph.codeOf(graph.part(graph.part(b, ELEMENT), ELEMENT))).toBe(MIXED);
  expect(graph.codeOf(b)).toBe(UNSEEN);
});

test('whoever watches a node hears of every change', () => {
  const graph = new TypeGraph();
  const node = graph.add(1);
  const heard: number[] = [];
  graph.watch(node, () => heard.push(graph.codeOf(node)));
  graph.give(node, INT);
  graph.solve();
  graph.give(node, TEXT);
  graph.solve();
  expect(heard).toEqual([UNSEEN, INT, MIXED]);
});

test('what is nested a hundred thousand times is joined, and an object may be its own part', () => {
  const graph = new TypeGraph();
  const [a, b] = [graph.add(1), graph.add(1)];
  let [inA, inB] = [a, b];
  for (let i = 0; i < 100_000; i++) [inA, inB] = [graph.part(inA, ELEMENT), graph.part(inB, ELEMENT)];
  graph.give(inA, INT);
  graph.same(a, b);
  graph.flow(graph.part(a, 1), a);
  graph.solve();
  expect(graph.codeOf(inB)).toBe(INT);
  expect(graph.part(graph.part(a, 1), 1)).toBe(graph.part(a, 1));
});

test('single elements are apart until somebody asks for any of them', () => {
  const graph = new TypeGraph();
  const a = graph.add(1);
  const [first, second] = [graph.part(a, -1), graph.part(a, -2)];
  graph.give(first, INT);
  graph.give(second, TEXT);
  graph.solve();
  expect([graph.codeOf(first), graph.codeOf(second), graph.elementsCode(a)]).toEqual([INT, TEXT, MIXED]);
  const any = graph.part(a, ELEMENT);
  graph.solve();
  expect([first, second, any, graph.part(a, -3)].map((node) => graph.codeOf(node))).toEqual([
    MIXED,
    MIXED,
    MIXED,
    MIXED,
  ]);
});

test('single elements of arrays that meet are the same where one of them was asked for any', () => {
  const graph = new TypeGraph();
  const [a, b] = [graph.add(1), graph.add(1)];
  graph.give(graph.part(a, -1), INT);
  const any = graph.part(b, ELEMENT);
  graph.same(a, b);
  graph.solve();
  expect([graph.codeOf(any), graph.elementsCode(a), graph.codeOf(graph.part(b, -2))]).toEqual([INT, INT, INT]);
});
