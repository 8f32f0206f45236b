/**
 * Days of tasks: what a filter shows, how a list is divided, when to come back. Pure; days are texts like 2026-11-21.
 * @import { Task, When } from "./api-types.js"
 */

/** @type {When[]} */
export const WHENS = ["today", "tomorrow", "today-and-tomorrow", "next-7-days", "all"];

/** @param {string} day @param {number} count @returns {string} */
export function daysAfter(day, count) {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}

/** @param {string} day @returns {string} the first Monday after it */
export function nextMonday(day) {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return daysAfter(day, ((8 - weekday) % 7 || 7));
}

/** Whether a filter shows what is due then. What is overdue goes with today. @param {When} when @param {string} due @param {string} today */
export function isShown(when, due, today) {
  const tomorrow = daysAfter(today, 1);
  if (when === "tomorrow") return due === tomorrow;
  const last = { today, "today-and-tomorrow": tomorrow, "next-7-days": daysAfter(today, 7), all: "9999-12-31" }[when];
  return due <= last;
}

/** To be done by the end of today. @param {Task} task @param {string} today */
export function isDue(task, today) {
  return task.completed_at === null && task.due_on <= today;
}

/**
 * @typedef {object} Group
 * @property {string} day "overdue", or the day
 * @property {Task[]} tasks
 */

/** By day, urgent ones first; what was overdue and is done stands with today. @param {Iterable<Task>} tasks @param {string} today @returns {Group[]} */
export function groupsOf(tasks, today) {
  /** @type {Map<string, Task[]>} */
  const groups = new Map();
  for (const task of [...tasks].sort(byDay)) {
    const late = task.due_on < today;
    const day = late ? (task.completed_at === null ? "overdue" : today) : task.due_on;
    groups.set(day, [...(groups.get(day) ?? []), task]);
  }
  const order = (/** @type {string} */ day) => (day === "overdue" ? "" : day);
  return [...groups].sort(([a], [b]) => compare(order(a), order(b))).map(([day, found]) => ({ day, tasks: found }));
}

/** @param {Task} a @param {Task} b */
function byDay(a, b) {
  return compare(a.due_on, b.due_on) || compare(a.priority, b.priority) || compare(a.id, b.id);
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
