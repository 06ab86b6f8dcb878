var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// src/promise.ts
var promise_exports = {};
__export(promise_exports, {
  install: () => install,
  settle: () => settle
});
function isThenable(value) {
  return (typeof value === "object" || typeof value === "function") && value !== null && "then" in value;
}
function collected(of, wait) {
  return new LocalPromise((resolve, reject) => {
    const list = [];
    const all = [...of];
    let left = all.length;
    if (left === 0) return resolve(list);
    all.forEach((one, index) => {
      const keep = (value) => {
        list[index] = value;
        left -= 1;
        if (left === 0) resolve(list);
      };
      wait(LocalPromise.resolve(one), keep, reject);
    });
  });
}
function install() {
  globalThis.Promise = LocalPromise;
  globalThis.queueMicrotask = (job) => void jobs.push(job);
}
function settle(value) {
  const promise = isThenable(value) ? LocalPromise.resolve(value) : void 0;
  for (let job = jobs.shift(); job !== void 0; job = jobs.shift()) job();
  if (promise === void 0) return value;
  switch (promise.state.is) {
    case "fulfilled":
      return promise.state.value;
    case "rejected":
      throw promise.state.reason;
    case "pending":
      throw new Error("the handler waits for a promise that nothing settles; a component has no timers and no other threads");
  }
}
var jobs, LocalPromise;
var init_promise = __esm({
  "src/promise.ts"() {
    "use strict";
    jobs = [];
    LocalPromise = class _LocalPromise {
      #state = { is: "pending" };
      #waiting = [];
      constructor(run) {
        const [resolve, reject] = this.#resolvers();
        try {
          run(resolve, reject);
        } catch (error) {
          reject(error);
        }
      }
      get state() {
        return this.#state;
      }
      #resolvers() {
        let isDone = false;
        const once = (end) => (value) => {
          if (isDone) return;
          isDone = true;
          end(value);
        };
        return [once((value) => this.#resolve(value)), once((reason) => this.#end({ is: "rejected", reason }))];
      }
      #resolve(value) {
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
      #end(state) {
        this.#state = state;
        jobs.push(...this.#waiting);
        this.#waiting = [];
      }
      then(onFulfilled, onRejected) {
        return new _LocalPromise((resolve, reject) => {
          const job = () => {
            const state = this.#state;
            try {
              if (state.is === "fulfilled") {
                resolve(typeof onFulfilled === "function" ? onFulfilled(state.value) : state.value);
              } else if (state.is === "rejected") {
                if (typeof onRejected !== "function") reject(state.reason);
                else resolve(onRejected(state.reason));
              }
            } catch (error) {
              reject(error);
            }
          };
          if (this.#state.is === "pending") this.#waiting.push(job);
          else jobs.push(job);
        });
      }
      catch(onRejected) {
        return this.then(void 0, onRejected);
      }
      finally(run) {
        const first = () => _LocalPromise.resolve(run?.());
        return this.then(
          (value) => first().then(() => value),
          (reason) => first().then(() => Promise.reject(reason))
        );
      }
      get [Symbol.toStringTag]() {
        return "Promise";
      }
      static resolve(value) {
        return value instanceof _LocalPromise ? value : new _LocalPromise((resolve) => resolve(value));
      }
      static reject(reason) {
        return new _LocalPromise((_, reject) => reject(reason));
      }
      static withResolvers() {
        let [resolve, reject] = [(_) => {
        }, (_) => {
        }];
        const promise = new _LocalPromise((...both) => [resolve, reject] = both);
        return { promise, resolve, reject };
      }
      static try(run, ...args) {
        return new _LocalPromise((resolve) => resolve(run(...args)));
      }
      static all(of) {
        return collected(of, (one, keep, reject) => one.then(keep, reject));
      }
      static allSettled(of) {
        return collected(
          of,
          (one, keep) => one.then(
            (value) => keep({ status: "fulfilled", value }),
            (reason) => keep({ status: "rejected", reason })
          )
        );
      }
      static race(of) {
        return new _LocalPromise((resolve, reject) => {
          for (const one of of) _LocalPromise.resolve(one).then(resolve, reject);
        });
      }
      static any(of) {
        return new _LocalPromise((resolve, reject) => {
          const reasons = collected(of, (one, keep) => one.then(resolve, keep));
          reasons.then((list) => reject(new AggregateError(list, "all promises were rejected")));
        });
      }
    };
  }
});

// test/promise.test.ts
import assert from "node:assert/strict";
import { test } from "node:test";
test("promises settle without a host, in the order of the language", async () => {
  const [native, queue] = [globalThis.Promise, globalThis.queueMicrotask];
  const { install: install2, settle: settle2 } = await Promise.resolve().then(() => (init_promise(), promise_exports));
  install2();
  const order = [];
  try {
    const first = Promise.resolve(1).then((value) => (order.push("a"), value + 1));
    const second = new Promise((resolve) => resolve(first)).finally(() => order.push("c"));
    Promise.resolve().then(() => order.push("b"));
    assert.equal(settle2(second), 2);
    assert.deepEqual(order, ["a", "b", "c"]);
    assert.throws(() => settle2(Promise.reject(new Error("no"))), /no/);
    assert.deepEqual(settle2(Promise.all([1, Promise.resolve(2)])), [1, 2]);
    assert.deepEqual(settle2(Promise.all([])), []);
    assert.equal(settle2(Promise.any([Promise.reject(1), Promise.resolve(2)])), 2);
    assert.throws(() => settle2(Promise.any([Promise.reject(1)])), AggregateError);
    assert.deepEqual(settle2(Promise.allSettled([Promise.reject(1)])), [{ status: "rejected", reason: 1 }]);
    assert.throws(() => settle2(new Promise(() => {
    })), /nothing settles/);
  } finally {
    globalThis.Promise = native;
    globalThis.queueMicrotask = queue;
  }
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiLi4vc3JjL3Byb21pc2UudHMiLCAiLi4vdGVzdC9wcm9taXNlLnRlc3QudHMiXSwKICAic291cmNlc0NvbnRlbnQiOiBbIi8qKlxuICogUHJvbWlzZXMgdGhhdCBzZXR0bGUgd2l0aG91dCB0aGUgaG9zdDogYSBjb21wb25lbnQgcnVucyBvbmUgY2FsbCB0byBpdHMgZW5kLCBzbyB0aGF0IHdoYXQgaXMgbGVmdCB0byBydW4gaXMga2VwdCBoZXJlXG4gKiBhbmQgcnVuIGJ5IGBzZXR0bGVgLiBUaGUgYnVpbGQgdHVybnMgYXN5bmMgZnVuY3Rpb25zIGludG8gb25lcyB0aGF0IHVzZSB0aGVzZS5cbiAqL1xuXG50eXBlIEpvYiA9ICgpID0+IHZvaWQ7XG50eXBlIFN0YXRlID0geyBpczogXCJwZW5kaW5nXCIgfSB8IHsgaXM6IFwiZnVsZmlsbGVkXCI7IHZhbHVlOiB1bmtub3duIH0gfCB7IGlzOiBcInJlamVjdGVkXCI7IHJlYXNvbjogdW5rbm93biB9O1xudHlwZSBDYWxsYmFjayA9ICgodmFsdWU6IG5ldmVyKSA9PiB1bmtub3duKSB8IG51bGwgfCB1bmRlZmluZWQ7XG5cbmNvbnN0IGpvYnM6IEpvYltdID0gW107XG5cbmZ1bmN0aW9uIGlzVGhlbmFibGUodmFsdWU6IHVua25vd24pOiB2YWx1ZSBpcyB7IHRoZW46IHVua25vd24gfSB7XG4gIHJldHVybiAodHlwZW9mIHZhbHVlID09PSBcIm9iamVjdFwiIHx8IHR5cGVvZiB2YWx1ZSA9PT0gXCJmdW5jdGlvblwiKSAmJiB2YWx1ZSAhPT0gbnVsbCAmJiBcInRoZW5cIiBpbiB2YWx1ZTtcbn1cblxuY2xhc3MgTG9jYWxQcm9taXNlIHtcbiAgI3N0YXRlOiBTdGF0ZSA9IHsgaXM6IFwicGVuZGluZ1wiIH07XG4gICN3YWl0aW5nOiBKb2JbXSA9IFtdO1xuXG4gIGNvbnN0cnVjdG9yKHJ1bjogKHJlc29sdmU6ICh2YWx1ZT86IHVua25vd24pID0+IHZvaWQsIHJlamVjdDogKHJlYXNvbj86IHVua25vd24pID0+IHZvaWQpID0+IHZvaWQpIHtcbiAgICBjb25zdCBbcmVzb2x2ZSwgcmVqZWN0XSA9IHRoaXMuI3Jlc29sdmVycygpO1xuICAgIHRyeSB7XG4gICAgICBydW4ocmVzb2x2ZSwgcmVqZWN0KTtcbiAgICB9IGNhdGNoIChlcnJvcikge1xuICAgICAgcmVqZWN0KGVycm9yKTtcbiAgICB9XG4gIH1cblxuICBnZXQgc3RhdGUoKTogU3RhdGUge1xuICAgIHJldHVybiB0aGlzLiNzdGF0ZTtcbiAgfVxuXG4gICNyZXNvbHZlcnMoKTogWyh2YWx1ZT86IHVua25vd24pID0+IHZvaWQsIChyZWFzb24/OiB1bmtub3duKSA9PiB2b2lkXSB7XG4gICAgbGV0IGlzRG9uZSA9IGZhbHNlO1xuICAgIGNvbnN0IG9uY2UgPSAoZW5kOiAodmFsdWU6IHVua25vd24pID0+IHZvaWQpID0+ICh2YWx1ZT86IHVua25vd24pID0+IHtcbiAgICAgIGlmIChpc0RvbmUpIHJldHVybjtcbiAgICAgIGlzRG9uZSA9IHRydWU7XG4gICAgICBlbmQodmFsdWUpO1xuICAgIH07XG4gICAgcmV0dXJuIFtvbmNlKCh2YWx1ZSkgPT4gdGhpcy4jcmVzb2x2ZSh2YWx1ZSkpLCBvbmNlKChyZWFzb24pID0+IHRoaXMuI2VuZCh7IGlzOiBcInJlamVjdGVkXCIsIHJlYXNvbiB9KSldO1xuICB9XG5cbiAgI3Jlc29sdmUodmFsdWU6IHVua25vd24pOiB2b2lkIHtcbiAgICBpZiAodmFsdWUgPT09IHRoaXMpIHJldHVybiB0aGlzLiNlbmQoeyBpczogXCJyZWplY3RlZFwiLCByZWFzb246IG5ldyBUeXBlRXJyb3IoXCJhIHByb21pc2UgY2Fubm90IHdhaXQgZm9yIGl0c2VsZlwiKSB9KTtcbiAgICBpZiAoIWlzVGhlbmFibGUodmFsdWUpKSByZXR1cm4gdGhpcy4jZW5kKHsgaXM6IFwiZnVsZmlsbGVkXCIsIHZhbHVlIH0pO1xuICAgIGNvbnN0IFtyZXNvbHZlLCByZWplY3RdID0gdGhpcy4jcmVzb2x2ZXJzKCk7XG4gICAgdHJ5IHtcbiAgICAgIGNvbnN0IHRoZW4gPSB2YWx1ZS50aGVuO1xuICAgICAgaWYgKHR5cGVvZiB0aGVuICE9PSBcImZ1bmN0aW9uXCIpIHJldHVybiB0aGlzLiNlbmQoeyBpczogXCJmdWxmaWxsZWRcIiwgdmFsdWUgfSk7XG4gICAgICBqb2JzLnB1c2goKCkgPT4ge1xuICAgICAgICB0cnkge1xuICAgICAgICAgIHRoZW4uY2FsbCh2YWx1ZSwgcmVzb2x2ZSwgcmVqZWN0KTtcbiAgICAgICAgfSBjYXRjaCAoZXJyb3IpIHtcbiAgICAgICAgICByZWplY3QoZXJyb3IpO1xuICAgICAgICB9XG4gICAgICB9KTtcbiAgICB9IGNhdGNoIChlcnJvcikge1xuICAgICAgcmVqZWN0KGVycm9yKTtcbiAgICB9XG4gIH1cblxuICAjZW5kKHN0YXRlOiBTdGF0ZSk6IHZvaWQge1xuICAgIHRoaXMuI3N0YXRlID0gc3RhdGU7XG4gICAgam9icy5wdXNoKC4uLnRoaXMuI3dhaXRpbmcpO1xuICAgIHRoaXMuI3dhaXRpbmcgPSBbXTtcbiAgfVxuXG4gIHRoZW4ob25GdWxmaWxsZWQ/OiBDYWxsYmFjaywgb25SZWplY3RlZD86IENhbGxiYWNrKTogTG9jYWxQcm9taXNlIHtcbiAgICByZXR1cm4gbmV3IExvY2FsUHJvbWlzZSgocmVzb2x2ZSwgcmVqZWN0KSA9PiB7XG4gICAgICBjb25zdCBqb2IgPSAoKSA9PiB7XG4gICAgICAgIGNvbnN0IHN0YXRlID0gdGhpcy4jc3RhdGU7XG4gICAgICAgIHRyeSB7XG4gICAgICAgICAgaWYgKHN0YXRlLmlzID09PSBcImZ1bGZpbGxlZFwiKSB7XG4gICAgICAgICAgICByZXNvbHZlKHR5cGVvZiBvbkZ1bGZpbGxlZCA9PT0gXCJmdW5jdGlvblwiID8gb25GdWxmaWxsZWQoc3RhdGUudmFsdWUgYXMgbmV2ZXIpIDogc3RhdGUudmFsdWUpO1xuICAgICAgICAgIH0gZWxzZSBpZiAoc3RhdGUuaXMgPT09IFwicmVqZWN0ZWRcIikge1xuICAgICAgICAgICAgaWYgKHR5cGVvZiBvblJlamVjdGVkICE9PSBcImZ1bmN0aW9uXCIpIHJlamVjdChzdGF0ZS5yZWFzb24pO1xuICAgICAgICAgICAgZWxzZSByZXNvbHZlKG9uUmVqZWN0ZWQoc3RhdGUucmVhc29uIGFzIG5ldmVyKSk7XG4gICAgICAgICAgfVxuICAgICAgICB9IGNhdGNoIChlcnJvcikge1xuICAgICAgICAgIHJlamVjdChlcnJvcik7XG4gICAgICAgIH1cbiAgICAgIH07XG4gICAgICBpZiAodGhpcy4jc3RhdGUuaXMgPT09IFwicGVuZGluZ1wiKSB0aGlzLiN3YWl0aW5nLnB1c2goam9iKTtcbiAgICAgIGVsc2Ugam9icy5wdXNoKGpvYik7XG4gICAgfSk7XG4gIH1cblxuICBjYXRjaChvblJlamVjdGVkPzogQ2FsbGJhY2spOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiB0aGlzLnRoZW4odW5kZWZpbmVkLCBvblJlamVjdGVkKTtcbiAgfVxuXG4gIGZpbmFsbHkocnVuPzogKCkgPT4gdW5rbm93bik6IExvY2FsUHJvbWlzZSB7XG4gICAgY29uc3QgZmlyc3QgPSAoKSA9PiBMb2NhbFByb21pc2UucmVzb2x2ZShydW4/LigpKTtcbiAgICByZXR1cm4gdGhpcy50aGVuKFxuICAgICAgKHZhbHVlKSA9PiBmaXJzdCgpLnRoZW4oKCkgPT4gdmFsdWUpLFxuICAgICAgKHJlYXNvbikgPT4gZmlyc3QoKS50aGVuKCgpID0+IFByb21pc2UucmVqZWN0KHJlYXNvbikpLFxuICAgICk7XG4gIH1cblxuICBnZXQgW1N5bWJvbC50b1N0cmluZ1RhZ10oKTogc3RyaW5nIHtcbiAgICByZXR1cm4gXCJQcm9taXNlXCI7XG4gIH1cblxuICBzdGF0aWMgcmVzb2x2ZSh2YWx1ZT86IHVua25vd24pOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiB2YWx1ZSBpbnN0YW5jZW9mIExvY2FsUHJvbWlzZSA/IHZhbHVlIDogbmV3IExvY2FsUHJvbWlzZSgocmVzb2x2ZSkgPT4gcmVzb2x2ZSh2YWx1ZSkpO1xuICB9XG5cbiAgc3RhdGljIHJlamVjdChyZWFzb24/OiB1bmtub3duKTogTG9jYWxQcm9taXNlIHtcbiAgICByZXR1cm4gbmV3IExvY2FsUHJvbWlzZSgoXywgcmVqZWN0KSA9PiByZWplY3QocmVhc29uKSk7XG4gIH1cblxuICBzdGF0aWMgd2l0aFJlc29sdmVycygpIHtcbiAgICBsZXQgW3Jlc29sdmUsIHJlamVjdF0gPSBbKF8/OiB1bmtub3duKSA9PiB7fSwgKF8/OiB1bmtub3duKSA9PiB7fV07XG4gICAgY29uc3QgcHJvbWlzZSA9IG5ldyBMb2NhbFByb21pc2UoKC4uLmJvdGgpID0+IChbcmVzb2x2ZSwgcmVqZWN0XSA9IGJvdGgpKTtcbiAgICByZXR1cm4geyBwcm9taXNlLCByZXNvbHZlLCByZWplY3QgfTtcbiAgfVxuXG4gIHN0YXRpYyB0cnkocnVuOiAoLi4uYXJnczogdW5rbm93bltdKSA9PiB1bmtub3duLCAuLi5hcmdzOiB1bmtub3duW10pOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiBuZXcgTG9jYWxQcm9taXNlKChyZXNvbHZlKSA9PiByZXNvbHZlKHJ1biguLi5hcmdzKSkpO1xuICB9XG5cbiAgc3RhdGljIGFsbChvZjogSXRlcmFibGU8dW5rbm93bj4pOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiBjb2xsZWN0ZWQob2YsIChvbmUsIGtlZXAsIHJlamVjdCkgPT4gb25lLnRoZW4oa2VlcCwgcmVqZWN0KSk7XG4gIH1cblxuICBzdGF0aWMgYWxsU2V0dGxlZChvZjogSXRlcmFibGU8dW5rbm93bj4pOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiBjb2xsZWN0ZWQob2YsIChvbmUsIGtlZXApID0+XG4gICAgICBvbmUudGhlbihcbiAgICAgICAgKHZhbHVlKSA9PiBrZWVwKHsgc3RhdHVzOiBcImZ1bGZpbGxlZFwiLCB2YWx1ZSB9KSxcbiAgICAgICAgKHJlYXNvbikgPT4ga2VlcCh7IHN0YXR1czogXCJyZWplY3RlZFwiLCByZWFzb24gfSksXG4gICAgICApLFxuICAgICk7XG4gIH1cblxuICBzdGF0aWMgcmFjZShvZjogSXRlcmFibGU8dW5rbm93bj4pOiBMb2NhbFByb21pc2Uge1xuICAgIHJldHVybiBuZXcgTG9jYWxQcm9taXNlKChyZXNvbHZlLCByZWplY3QpID0+IHtcbiAgICAgIGZvciAoY29uc3Qgb25lIG9mIG9mKSBMb2NhbFByb21pc2UucmVzb2x2ZShvbmUpLnRoZW4ocmVzb2x2ZSwgcmVqZWN0KTtcbiAgICB9KTtcbiAgfVxuXG4gIHN0YXRpYyBhbnkob2Y6IEl0ZXJhYmxlPHVua25vd24+KTogTG9jYWxQcm9taXNlIHtcbiAgICByZXR1cm4gbmV3IExvY2FsUHJvbWlzZSgocmVzb2x2ZSwgcmVqZWN0KSA9PiB7XG4gICAgICBjb25zdCByZWFzb25zID0gY29sbGVjdGVkKG9mLCAob25lLCBrZWVwKSA9PiBvbmUudGhlbihyZXNvbHZlLCBrZWVwKSk7XG4gICAgICByZWFzb25zLnRoZW4oKGxpc3QpID0+IHJlamVjdChuZXcgQWdncmVnYXRlRXJyb3IobGlzdCBhcyBJdGVyYWJsZTx1bmtub3duPiwgXCJhbGwgcHJvbWlzZXMgd2VyZSByZWplY3RlZFwiKSkpO1xuICAgIH0pO1xuICB9XG59XG5cbnR5cGUgS2VlcCA9ICh2YWx1ZTogdW5rbm93bikgPT4gdm9pZDtcblxuLyoqIEEgcHJvbWlzZSBvZiBhIGxpc3QsIGVhY2ggaXRlbSBvZiB3aGljaCBzb21ldGhpbmcga2VlcHMuICovXG5mdW5jdGlvbiBjb2xsZWN0ZWQob2Y6IEl0ZXJhYmxlPHVua25vd24+LCB3YWl0OiAob25lOiBMb2NhbFByb21pc2UsIGtlZXA6IEtlZXAsIHJlamVjdDogS2VlcCkgPT4gdm9pZCk6IExvY2FsUHJvbWlzZSB7XG4gIHJldHVybiBuZXcgTG9jYWxQcm9taXNlKChyZXNvbHZlLCByZWplY3QpID0+IHtcbiAgICBjb25zdCBsaXN0OiB1bmtub3duW10gPSBbXTtcbiAgICBjb25zdCBhbGwgPSBbLi4ub2ZdO1xuICAgIGxldCBsZWZ0ID0gYWxsLmxlbmd0aDtcbiAgICBpZiAobGVmdCA9PT0gMCkgcmV0dXJuIHJlc29sdmUobGlzdCk7XG4gICAgYWxsLmZvckVhY2goKG9uZSwgaW5kZXgpID0+IHtcbiAgICAgIGNvbnN0IGtlZXAgPSAodmFsdWU6IHVua25vd24pID0+IHtcbiAgICAgICAgbGlzdFtpbmRleF0gPSB2YWx1ZTtcbiAgICAgICAgbGVmdCAtPSAxO1xuICAgICAgICBpZiAobGVmdCA9PT0gMCkgcmVzb2x2ZShsaXN0KTtcbiAgICAgIH07XG4gICAgICB3YWl0KExvY2FsUHJvbWlzZS5yZXNvbHZlKG9uZSksIGtlZXAsIHJlamVjdCk7XG4gICAgfSk7XG4gIH0pO1xufVxuXG4vKiogTWFrZXMgZXZlcnkgcHJvbWlzZSBvZiB0aGlzIGNvbXBvbmVudCBvbmUgdGhhdCBgc2V0dGxlYCBjYW4gd2FpdCBmb3IuICovXG5leHBvcnQgZnVuY3Rpb24gaW5zdGFsbCgpOiB2b2lkIHtcbiAgZ2xvYmFsVGhpcy5Qcm9taXNlID0gTG9jYWxQcm9taXNlIGFzIHVua25vd24gYXMgUHJvbWlzZUNvbnN0cnVjdG9yO1xuICBnbG9iYWxUaGlzLnF1ZXVlTWljcm90YXNrID0gKGpvYikgPT4gdm9pZCBqb2JzLnB1c2goam9iKTtcbn1cblxuLyoqIFRoZSB2YWx1ZSBvZiB3aGF0IG1heSBiZSBhIHByb21pc2UsIG9yIGl0cyByZWFzb24sIHRocm93bjsgcnVucyBhbGwgdGhhdCBpcyBsZWZ0IHRvIHJ1bi4gKi9cbmV4cG9ydCBmdW5jdGlvbiBzZXR0bGUodmFsdWU6IHVua25vd24pOiB1bmtub3duIHtcbiAgY29uc3QgcHJvbWlzZSA9IGlzVGhlbmFibGUodmFsdWUpID8gTG9jYWxQcm9taXNlLnJlc29sdmUodmFsdWUpIDogdW5kZWZpbmVkO1xuICBmb3IgKGxldCBqb2IgPSBqb2JzLnNoaWZ0KCk7IGpvYiAhPT0gdW5kZWZpbmVkOyBqb2IgPSBqb2JzLnNoaWZ0KCkpIGpvYigpO1xuICBpZiAocHJvbWlzZSA9PT0gdW5kZWZpbmVkKSByZXR1cm4gdmFsdWU7XG4gIHN3aXRjaCAocHJvbWlzZS5zdGF0ZS5pcykge1xuICAgIGNhc2UgXCJmdWxmaWxsZWRcIjpcbiAgICAgIHJldHVybiBwcm9taXNlLnN0YXRlLnZhbHVlO1xuICAgIGNhc2UgXCJyZWplY3RlZFwiOlxuICAgICAgdGhyb3cgcHJvbWlzZS5zdGF0ZS5yZWFzb247XG4gICAgY2FzZSBcInBlbmRpbmdcIjpcbiAgICAgIHRocm93IG5ldyBFcnJvcihcInRoZSBoYW5kbGVyIHdhaXRzIGZvciBhIHByb21pc2UgdGhhdCBub3RoaW5nIHNldHRsZXM7IGEgY29tcG9uZW50IGhhcyBubyB0aW1lcnMgYW5kIG5vIG90aGVyIHRocmVhZHNcIik7XG4gIH1cbn1cbiIsICJpbXBvcnQgYXNzZXJ0IGZyb20gXCJub2RlOmFzc2VydC9zdHJpY3RcIjtcbmltcG9ydCB7IHRlc3QgfSBmcm9tIFwibm9kZTp0ZXN0XCI7XG5cbnRlc3QoXCJwcm9taXNlcyBzZXR0bGUgd2l0aG91dCBhIGhvc3QsIGluIHRoZSBvcmRlciBvZiB0aGUgbGFuZ3VhZ2VcIiwgYXN5bmMgKCkgPT4ge1xuICBjb25zdCBbbmF0aXZlLCBxdWV1ZV0gPSBbZ2xvYmFsVGhpcy5Qcm9taXNlLCBnbG9iYWxUaGlzLnF1ZXVlTWljcm90YXNrXTtcbiAgY29uc3QgeyBpbnN0YWxsLCBzZXR0bGUgfSA9IGF3YWl0IGltcG9ydChcIi4uL3NyYy9wcm9taXNlXCIpO1xuICBpbnN0YWxsKCk7XG4gIGNvbnN0IG9yZGVyOiBzdHJpbmdbXSA9IFtdO1xuICB0cnkge1xuICAgIGNvbnN0IGZpcnN0ID0gUHJvbWlzZS5yZXNvbHZlKDEpLnRoZW4oKHZhbHVlKSA9PiAob3JkZXIucHVzaChcImFcIiksIHZhbHVlICsgMSkpO1xuICAgIGNvbnN0IHNlY29uZCA9IG5ldyBQcm9taXNlPG51bWJlcj4oKHJlc29sdmUpID0+IHJlc29sdmUoZmlyc3QpKS5maW5hbGx5KCgpID0+IG9yZGVyLnB1c2goXCJjXCIpKTtcbiAgICBQcm9taXNlLnJlc29sdmUoKS50aGVuKCgpID0+IG9yZGVyLnB1c2goXCJiXCIpKTtcbiAgICBhc3NlcnQuZXF1YWwoc2V0dGxlKHNlY29uZCksIDIpO1xuICAgIGFzc2VydC5kZWVwRXF1YWwob3JkZXIsIFtcImFcIiwgXCJiXCIsIFwiY1wiXSk7XG4gICAgYXNzZXJ0LnRocm93cygoKSA9PiBzZXR0bGUoUHJvbWlzZS5yZWplY3QobmV3IEVycm9yKFwibm9cIikpKSwgL25vLyk7XG4gICAgYXNzZXJ0LmRlZXBFcXVhbChzZXR0bGUoUHJvbWlzZS5hbGwoWzEsIFByb21pc2UucmVzb2x2ZSgyKV0pKSwgWzEsIDJdKTtcbiAgICBhc3NlcnQuZGVlcEVxdWFsKHNldHRsZShQcm9taXNlLmFsbChbXSkpLCBbXSk7XG4gICAgYXNzZXJ0LmVxdWFsKHNldHRsZShQcm9taXNlLmFueShbUHJvbWlzZS5yZWplY3QoMSksIFByb21pc2UucmVzb2x2ZSgyKV0pKSwgMik7XG4gICAgYXNzZXJ0LnRocm93cygoKSA9PiBzZXR0bGUoUHJvbWlzZS5hbnkoW1Byb21pc2UucmVqZWN0KDEpXSkpLCBBZ2dyZWdhdGVFcnJvcik7XG4gICAgYXNzZXJ0LmRlZXBFcXVhbChzZXR0bGUoUHJvbWlzZS5hbGxTZXR0bGVkKFtQcm9taXNlLnJlamVjdCgxKV0pKSwgW3sgc3RhdHVzOiBcInJlamVjdGVkXCIsIHJlYXNvbjogMSB9XSk7XG4gICAgYXNzZXJ0LnRocm93cygoKSA9PiBzZXR0bGUobmV3IFByb21pc2UoKCkgPT4ge30pKSwgL25vdGhpbmcgc2V0dGxlcy8pO1xuICB9IGZpbmFsbHkge1xuICAgIGdsb2JhbFRoaXMuUHJvbWlzZSA9IG5hdGl2ZTtcbiAgICBnbG9iYWxUaGlzLnF1ZXVlTWljcm90YXNrID0gcXVldWU7XG4gIH1cbn0pO1xuIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFXQSxTQUFTLFdBQVcsT0FBNEM7QUFDOUQsVUFBUSxPQUFPLFVBQVUsWUFBWSxPQUFPLFVBQVUsZUFBZSxVQUFVLFFBQVEsVUFBVTtBQUNuRztBQTBJQSxTQUFTLFVBQVUsSUFBdUIsTUFBMkU7QUFDbkgsU0FBTyxJQUFJLGFBQWEsQ0FBQyxTQUFTLFdBQVc7QUFDM0MsVUFBTSxPQUFrQixDQUFDO0FBQ3pCLFVBQU0sTUFBTSxDQUFDLEdBQUcsRUFBRTtBQUNsQixRQUFJLE9BQU8sSUFBSTtBQUNmLFFBQUksU0FBUyxFQUFHLFFBQU8sUUFBUSxJQUFJO0FBQ25DLFFBQUksUUFBUSxDQUFDLEtBQUssVUFBVTtBQUMxQixZQUFNLE9BQU8sQ0FBQyxVQUFtQjtBQUMvQixhQUFLLEtBQUssSUFBSTtBQUNkLGdCQUFRO0FBQ1IsWUFBSSxTQUFTLEVBQUcsU0FBUSxJQUFJO0FBQUEsTUFDOUI7QUFDQSxXQUFLLGFBQWEsUUFBUSxHQUFHLEdBQUcsTUFBTSxNQUFNO0FBQUEsSUFDOUMsQ0FBQztBQUFBLEVBQ0gsQ0FBQztBQUNIO0FBR08sU0FBUyxVQUFnQjtBQUM5QixhQUFXLFVBQVU7QUFDckIsYUFBVyxpQkFBaUIsQ0FBQyxRQUFRLEtBQUssS0FBSyxLQUFLLEdBQUc7QUFDekQ7QUFHTyxTQUFTLE9BQU8sT0FBeUI7QUFDOUMsUUFBTSxVQUFVLFdBQVcsS0FBSyxJQUFJLGFBQWEsUUFBUSxLQUFLLElBQUk7QUFDbEUsV0FBUyxNQUFNLEtBQUssTUFBTSxHQUFHLFFBQVEsUUFBVyxNQUFNLEtBQUssTUFBTSxFQUFHLEtBQUk7QUFDeEUsTUFBSSxZQUFZLE9BQVcsUUFBTztBQUNsQyxVQUFRLFFBQVEsTUFBTSxJQUFJO0FBQUEsSUFDeEIsS0FBSztBQUNILGFBQU8sUUFBUSxNQUFNO0FBQUEsSUFDdkIsS0FBSztBQUNILFlBQU0sUUFBUSxNQUFNO0FBQUEsSUFDdEIsS0FBSztBQUNILFlBQU0sSUFBSSxNQUFNLHNHQUFzRztBQUFBLEVBQzFIO0FBQ0Y7QUEzTEEsSUFTTSxNQU1BO0FBZk47QUFBQTtBQUFBO0FBU0EsSUFBTSxPQUFjLENBQUM7QUFNckIsSUFBTSxlQUFOLE1BQU0sY0FBYTtBQUFBLE1BQ2pCLFNBQWdCLEVBQUUsSUFBSSxVQUFVO0FBQUEsTUFDaEMsV0FBa0IsQ0FBQztBQUFBLE1BRW5CLFlBQVksS0FBdUY7QUFDakcsY0FBTSxDQUFDLFNBQVMsTUFBTSxJQUFJLEtBQUssV0FBVztBQUMxQyxZQUFJO0FBQ0YsY0FBSSxTQUFTLE1BQU07QUFBQSxRQUNyQixTQUFTLE9BQU87QUFDZCxpQkFBTyxLQUFLO0FBQUEsUUFDZDtBQUFBLE1BQ0Y7QUFBQSxNQUVBLElBQUksUUFBZTtBQUNqQixlQUFPLEtBQUs7QUFBQSxNQUNkO0FBQUEsTUFFQSxhQUFzRTtBQUNwRSxZQUFJLFNBQVM7QUFDYixjQUFNLE9BQU8sQ0FBQyxRQUFrQyxDQUFDLFVBQW9CO0FBQ25FLGNBQUksT0FBUTtBQUNaLG1CQUFTO0FBQ1QsY0FBSSxLQUFLO0FBQUEsUUFDWDtBQUNBLGVBQU8sQ0FBQyxLQUFLLENBQUMsVUFBVSxLQUFLLFNBQVMsS0FBSyxDQUFDLEdBQUcsS0FBSyxDQUFDLFdBQVcsS0FBSyxLQUFLLEVBQUUsSUFBSSxZQUFZLE9BQU8sQ0FBQyxDQUFDLENBQUM7QUFBQSxNQUN4RztBQUFBLE1BRUEsU0FBUyxPQUFzQjtBQUM3QixZQUFJLFVBQVUsS0FBTSxRQUFPLEtBQUssS0FBSyxFQUFFLElBQUksWUFBWSxRQUFRLElBQUksVUFBVSxrQ0FBa0MsRUFBRSxDQUFDO0FBQ2xILFlBQUksQ0FBQyxXQUFXLEtBQUssRUFBRyxRQUFPLEtBQUssS0FBSyxFQUFFLElBQUksYUFBYSxNQUFNLENBQUM7QUFDbkUsY0FBTSxDQUFDLFNBQVMsTUFBTSxJQUFJLEtBQUssV0FBVztBQUMxQyxZQUFJO0FBQ0YsZ0JBQU0sT0FBTyxNQUFNO0FBQ25CLGNBQUksT0FBTyxTQUFTLFdBQVksUUFBTyxLQUFLLEtBQUssRUFBRSxJQUFJLGFBQWEsTUFBTSxDQUFDO0FBQzNFLGVBQUssS0FBSyxNQUFNO0FBQ2QsZ0JBQUk7QUFDRixtQkFBSyxLQUFLLE9BQU8sU0FBUyxNQUFNO0FBQUEsWUFDbEMsU0FBUyxPQUFPO0FBQ2QscUJBQU8sS0FBSztBQUFBLFlBQ2Q7QUFBQSxVQUNGLENBQUM7QUFBQSxRQUNILFNBQVMsT0FBTztBQUNkLGlCQUFPLEtBQUs7QUFBQSxRQUNkO0FBQUEsTUFDRjtBQUFBLE1BRUEsS0FBSyxPQUFvQjtBQUN2QixhQUFLLFNBQVM7QUFDZCxhQUFLLEtBQUssR0FBRyxLQUFLLFFBQVE7QUFDMUIsYUFBSyxXQUFXLENBQUM7QUFBQSxNQUNuQjtBQUFBLE1BRUEsS0FBSyxhQUF3QixZQUFxQztBQUNoRSxlQUFPLElBQUksY0FBYSxDQUFDLFNBQVMsV0FBVztBQUMzQyxnQkFBTSxNQUFNLE1BQU07QUFDaEIsa0JBQU0sUUFBUSxLQUFLO0FBQ25CLGdCQUFJO0FBQ0Ysa0JBQUksTUFBTSxPQUFPLGFBQWE7QUFDNUIsd0JBQVEsT0FBTyxnQkFBZ0IsYUFBYSxZQUFZLE1BQU0sS0FBYyxJQUFJLE1BQU0sS0FBSztBQUFBLGNBQzdGLFdBQVcsTUFBTSxPQUFPLFlBQVk7QUFDbEMsb0JBQUksT0FBTyxlQUFlLFdBQVksUUFBTyxNQUFNLE1BQU07QUFBQSxvQkFDcEQsU0FBUSxXQUFXLE1BQU0sTUFBZSxDQUFDO0FBQUEsY0FDaEQ7QUFBQSxZQUNGLFNBQVMsT0FBTztBQUNkLHFCQUFPLEtBQUs7QUFBQSxZQUNkO0FBQUEsVUFDRjtBQUNBLGNBQUksS0FBSyxPQUFPLE9BQU8sVUFBVyxNQUFLLFNBQVMsS0FBSyxHQUFHO0FBQUEsY0FDbkQsTUFBSyxLQUFLLEdBQUc7QUFBQSxRQUNwQixDQUFDO0FBQUEsTUFDSDtBQUFBLE1BRUEsTUFBTSxZQUFxQztBQUN6QyxlQUFPLEtBQUssS0FBSyxRQUFXLFVBQVU7QUFBQSxNQUN4QztBQUFBLE1BRUEsUUFBUSxLQUFtQztBQUN6QyxjQUFNLFFBQVEsTUFBTSxjQUFhLFFBQVEsTUFBTSxDQUFDO0FBQ2hELGVBQU8sS0FBSztBQUFBLFVBQ1YsQ0FBQyxVQUFVLE1BQU0sRUFBRSxLQUFLLE1BQU0sS0FBSztBQUFBLFVBQ25DLENBQUMsV0FBVyxNQUFNLEVBQUUsS0FBSyxNQUFNLFFBQVEsT0FBTyxNQUFNLENBQUM7QUFBQSxRQUN2RDtBQUFBLE1BQ0Y7QUFBQSxNQUVBLEtBQUssT0FBTyxXQUFXLElBQVk7QUFDakMsZUFBTztBQUFBLE1BQ1Q7QUFBQSxNQUVBLE9BQU8sUUFBUSxPQUErQjtBQUM1QyxlQUFPLGlCQUFpQixnQkFBZSxRQUFRLElBQUksY0FBYSxDQUFDLFlBQVksUUFBUSxLQUFLLENBQUM7QUFBQSxNQUM3RjtBQUFBLE1BRUEsT0FBTyxPQUFPLFFBQWdDO0FBQzVDLGVBQU8sSUFBSSxjQUFhLENBQUMsR0FBRyxXQUFXLE9BQU8sTUFBTSxDQUFDO0FBQUEsTUFDdkQ7QUFBQSxNQUVBLE9BQU8sZ0JBQWdCO0FBQ3JCLFlBQUksQ0FBQyxTQUFTLE1BQU0sSUFBSSxDQUFDLENBQUMsTUFBZ0I7QUFBQSxRQUFDLEdBQUcsQ0FBQyxNQUFnQjtBQUFBLFFBQUMsQ0FBQztBQUNqRSxjQUFNLFVBQVUsSUFBSSxjQUFhLElBQUksU0FBVSxDQUFDLFNBQVMsTUFBTSxJQUFJLElBQUs7QUFDeEUsZUFBTyxFQUFFLFNBQVMsU0FBUyxPQUFPO0FBQUEsTUFDcEM7QUFBQSxNQUVBLE9BQU8sSUFBSSxRQUF5QyxNQUErQjtBQUNqRixlQUFPLElBQUksY0FBYSxDQUFDLFlBQVksUUFBUSxJQUFJLEdBQUcsSUFBSSxDQUFDLENBQUM7QUFBQSxNQUM1RDtBQUFBLE1BRUEsT0FBTyxJQUFJLElBQXFDO0FBQzlDLGVBQU8sVUFBVSxJQUFJLENBQUMsS0FBSyxNQUFNLFdBQVcsSUFBSSxLQUFLLE1BQU0sTUFBTSxDQUFDO0FBQUEsTUFDcEU7QUFBQSxNQUVBLE9BQU8sV0FBVyxJQUFxQztBQUNyRCxlQUFPO0FBQUEsVUFBVTtBQUFBLFVBQUksQ0FBQyxLQUFLLFNBQ3pCLElBQUk7QUFBQSxZQUNGLENBQUMsVUFBVSxLQUFLLEVBQUUsUUFBUSxhQUFhLE1BQU0sQ0FBQztBQUFBLFlBQzlDLENBQUMsV0FBVyxLQUFLLEVBQUUsUUFBUSxZQUFZLE9BQU8sQ0FBQztBQUFBLFVBQ2pEO0FBQUEsUUFDRjtBQUFBLE1BQ0Y7QUFBQSxNQUVBLE9BQU8sS0FBSyxJQUFxQztBQUMvQyxlQUFPLElBQUksY0FBYSxDQUFDLFNBQVMsV0FBVztBQUMzQyxxQkFBVyxPQUFPLEdBQUksZUFBYSxRQUFRLEdBQUcsRUFBRSxLQUFLLFNBQVMsTUFBTTtBQUFBLFFBQ3RFLENBQUM7QUFBQSxNQUNIO0FBQUEsTUFFQSxPQUFPLElBQUksSUFBcUM7QUFDOUMsZUFBTyxJQUFJLGNBQWEsQ0FBQyxTQUFTLFdBQVc7QUFDM0MsZ0JBQU0sVUFBVSxVQUFVLElBQUksQ0FBQyxLQUFLLFNBQVMsSUFBSSxLQUFLLFNBQVMsSUFBSSxDQUFDO0FBQ3BFLGtCQUFRLEtBQUssQ0FBQyxTQUFTLE9BQU8sSUFBSSxlQUFlLE1BQTJCLDRCQUE0QixDQUFDLENBQUM7QUFBQSxRQUM1RyxDQUFDO0FBQUEsTUFDSDtBQUFBLElBQ0Y7QUFBQTtBQUFBOzs7QUNsSkEsT0FBTyxZQUFZO0FBQ25CLFNBQVMsWUFBWTtBQUVyQixLQUFLLGdFQUFnRSxZQUFZO0FBQy9FLFFBQU0sQ0FBQyxRQUFRLEtBQUssSUFBSSxDQUFDLFdBQVcsU0FBUyxXQUFXLGNBQWM7QUFDdEUsUUFBTSxFQUFFLFNBQUFBLFVBQVMsUUFBQUMsUUFBTyxJQUFJLE1BQU07QUFDbEMsRUFBQUQsU0FBUTtBQUNSLFFBQU0sUUFBa0IsQ0FBQztBQUN6QixNQUFJO0FBQ0YsVUFBTSxRQUFRLFFBQVEsUUFBUSxDQUFDLEVBQUUsS0FBSyxDQUFDLFdBQVcsTUFBTSxLQUFLLEdBQUcsR0FBRyxRQUFRLEVBQUU7QUFDN0UsVUFBTSxTQUFTLElBQUksUUFBZ0IsQ0FBQyxZQUFZLFFBQVEsS0FBSyxDQUFDLEVBQUUsUUFBUSxNQUFNLE1BQU0sS0FBSyxHQUFHLENBQUM7QUFDN0YsWUFBUSxRQUFRLEVBQUUsS0FBSyxNQUFNLE1BQU0sS0FBSyxHQUFHLENBQUM7QUFDNUMsV0FBTyxNQUFNQyxRQUFPLE1BQU0sR0FBRyxDQUFDO0FBQzlCLFdBQU8sVUFBVSxPQUFPLENBQUMsS0FBSyxLQUFLLEdBQUcsQ0FBQztBQUN2QyxXQUFPLE9BQU8sTUFBTUEsUUFBTyxRQUFRLE9BQU8sSUFBSSxNQUFNLElBQUksQ0FBQyxDQUFDLEdBQUcsSUFBSTtBQUNqRSxXQUFPLFVBQVVBLFFBQU8sUUFBUSxJQUFJLENBQUMsR0FBRyxRQUFRLFFBQVEsQ0FBQyxDQUFDLENBQUMsQ0FBQyxHQUFHLENBQUMsR0FBRyxDQUFDLENBQUM7QUFDckUsV0FBTyxVQUFVQSxRQUFPLFFBQVEsSUFBSSxDQUFDLENBQUMsQ0FBQyxHQUFHLENBQUMsQ0FBQztBQUM1QyxXQUFPLE1BQU1BLFFBQU8sUUFBUSxJQUFJLENBQUMsUUFBUSxPQUFPLENBQUMsR0FBRyxRQUFRLFFBQVEsQ0FBQyxDQUFDLENBQUMsQ0FBQyxHQUFHLENBQUM7QUFDNUUsV0FBTyxPQUFPLE1BQU1BLFFBQU8sUUFBUSxJQUFJLENBQUMsUUFBUSxPQUFPLENBQUMsQ0FBQyxDQUFDLENBQUMsR0FBRyxjQUFjO0FBQzVFLFdBQU8sVUFBVUEsUUFBTyxRQUFRLFdBQVcsQ0FBQyxRQUFRLE9BQU8sQ0FBQyxDQUFDLENBQUMsQ0FBQyxHQUFHLENBQUMsRUFBRSxRQUFRLFlBQVksUUFBUSxFQUFFLENBQUMsQ0FBQztBQUNyRyxXQUFPLE9BQU8sTUFBTUEsUUFBTyxJQUFJLFFBQVEsTUFBTTtBQUFBLElBQUMsQ0FBQyxDQUFDLEdBQUcsaUJBQWlCO0FBQUEsRUFDdEUsVUFBRTtBQUNBLGVBQVcsVUFBVTtBQUNyQixlQUFXLGlCQUFpQjtBQUFBLEVBQzlCO0FBQ0YsQ0FBQzsiLAogICJuYW1lcyI6IFsiaW5zdGFsbCIsICJzZXR0bGUiXQp9Cg==
