/**
 * Promises that settle without the host: a component runs one call to its end, so that what is left to run is kept here
 * and run by `settle`. The build turns async functions into ones that use these.
 */

type Job = () => void;
type State = { is: "pending" } | { is: "fulfilled"; value: unknown } | { is: "rejected"; reason: unknown };
type Callback = ((value: never) => unknown) | null | undefined;

const jobs: Job[] = [];

function isThenable(value: unknown): value is { then: unknown } {
  return (typeof value === "object" || typeof value === "function") && value !== null && "then" in value;
}

class LocalPromise {
  #state: State = { is: "pending" };
  #waiting: Job[] = [];

  constructor(run: (resolve: (value?: unknown) => void, reject: (reason?: unknown) => void) => void) {
    const [resolve, reject] = this.#resolvers();
    try {
      run(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  get state(): State {
    return this.#state;
  }

  #resolvers(): [(value?: unknown) => void, (reason?: unknown) => void] {
    let isDone = false;
    const once = (end: (value: unknown) => void) => (value?: unknown) => {
      if (isDone) return;
      isDone = true;
      end(value);
    };
    return [once((value) => this.#resolve(value)), once((reason) => this.#end({ is: "rejected", reason }))];
  }

  #resolve(value: unknown): void {
    if (value === this) return this.#end({ is: "rejected", reason: new TypeError("a promise cannot wait for itself") });
    if (!isThenable(value)) return this.#end({ is: "fulfilled", value });
    const [resolve, reject] = this.#resolvers();
    try {
      const then = value.then;
      if (typeof then !== "function") return this.#end({ is: "fulfilled", value });
      jobs.push(() => {
        try {
          then.call(value, resolve, reject);
        } catch (error) {
          reject(error);
        }
      });
    } catch (error) {
      reject(error);
    }
  }

  #end(state: State): void {
    this.#state = state;
    jobs.push(...this.#waiting);
    this.#waiting = [];
  }

  then(onFulfilled?: Callback, onRejected?: Callback): LocalPromise {
    return new LocalPromise((resolve, reject) => {
      const job = () => {
        const state = this.#state;
        try {
          if (state.is === "fulfilled") {
            resolve(typeof onFulfilled === "function" ? onFulfilled(state.value as never) : state.value);
          } else if (state.is === "rejected") {
            if (typeof onRejected !== "function") reject(state.reason);
            else resolve(onRejected(state.reason as never));
          }
        } catch (error) {
          reject(error);
        }
      };
      if (this.#state.is === "pending") this.#waiting.push(job);
      else jobs.push(job);
    });
  }

  catch(onRejected?: Callback): LocalPromise {
    return this.then(undefined, onRejected);
  }

  finally(run?: () => unknown): LocalPromise {
    const first = () => LocalPromise.resolve(run?.());
    return this.then(
      (value) => first().then(() => value),
      (reason) => first().then(() => Promise.reject(reason)),
    );
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  static resolve(value?: unknown): LocalPromise {
    return value instanceof LocalPromise ? value : new LocalPromise((resolve) => resolve(value));
  }

  static reject(reason?: unknown): LocalPromise {
    return new LocalPromise((_, reject) => reject(reason));
  }

  static withResolvers() {
    let [resolve, reject] = [(_?: unknown) => {}, (_?: unknown) => {}];
    const promise = new LocalPromise((...both) => ([resolve, reject] = both));
    return { promise, resolve, reject };
  }

  static try(run: (...args: unknown[]) => unknown, ...args: unknown[]): LocalPromise {
    return new LocalPromise((resolve) => resolve(run(...args)));
  }

  static all(of: Iterable<unknown>): LocalPromise {
    return collected(of, (one, keep, reject) => one.then(keep, reject));
  }

  static allSettled(of: Iterable<unknown>): LocalPromise {
    return collected(of, (one, keep) =>
      one.then(
        (value) => keep({ status: "fulfilled", value }),
        (reason) => keep({ status: "rejected", reason }),
      ),
    );
  }

  static race(of: Iterable<unknown>): LocalPromise {
    return new LocalPromise((resolve, reject) => {
      for (const one of of) LocalPromise.resolve(one).then(resolve, reject);
    });
  }

  static any(of: Iterable<unknown>): LocalPromise {
    return new LocalPromise((resolve, reject) => {
      const reasons = collected(of, (one, keep) => one.then(resolve, keep));
      reasons.then((list) => reject(new AggregateError(list as Iterable<unknown>, "all promises were rejected")));
    });
  }
}

type Keep = (value: unknown) => void;

/** A promise of a list, each item of which something keeps. */
function collected(of: Iterable<unknown>, wait: (one: LocalPromise, keep: Keep, reject: Keep) => void): LocalPromise {
  return new LocalPromise((resolve, reject) => {
    const list: unknown[] = [];
    const all = [...of];
    let left = all.length;
    if (left === 0) return resolve(list);
    all.forEach((one, index) => {
      const keep = (value: unknown) => {
        list[index] = value;
        left -= 1;
        if (left === 0) resolve(list);
      };
      wait(LocalPromise.resolve(one), keep, reject);
    });
  });
}

/** Makes every promise of this component one that `settle` can wait for. */
export function install(): void {
  globalThis.Promise = LocalPromise as unknown as PromiseConstructor;
  globalThis.queueMicrotask = (job) => void jobs.push(job);
}

/** The value of what may be a promise, or its reason, thrown; runs all that is left to run. */
export function settle(value: unknown): unknown {
  const promise = isThenable(value) ? LocalPromise.resolve(value) : undefined;
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) job();
  if (promise === undefined) return value;
  switch (promise.state.is) {
    case "fulfilled":
      return promise.state.value;
    case "rejected":
      throw promise.state.reason;
    case "pending":
      throw new Error("the handler waits for a promise that nothing settles; a component has no timers and no other threads");
  }
}
