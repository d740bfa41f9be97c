import type { Plugin } from "vite";

/** The module of hnswlib-wasm that holds Emscripten's generated code; its name carries a hash. */
const MODULE = /\/hnswlib-wasm\/dist\/hnswlib-[0-9a-f]+\.js(?:$|\?)/;

/**
 * Lets hnswlib-wasm run under a Content-Security-Policy without `unsafe-eval`. The build must list it for pages and for
 * workers.
 */
export function hnswlibWithoutEval(): Plugin {
  return {
    name: "hnswlib-without-eval",
    enforce: "pre",
    transform(code, id) {
      return MODULE.test(id) ? { code: removeCodeGeneration(code), map: null } : null;
    },
  };
}

/** A stretch of the module from `start` to the end of `end`, and what takes its place. */
interface Replacement {
  readonly what: string;
  /** Text that the stretch is searched after, where `start` alone is ambiguous. */
  readonly after: string;
  readonly start: string;
  readonly end: string;
  readonly code: string;
}

/**
 * Emscripten's embind writes the source of one small function per bound C++ method and evaluates it. These closures do the
 * same without: convert the arguments, call, run the destructors, convert the result. (Emscripten itself offers this as
 * DYNAMIC_EXECUTION=0; the published package was built without.)
 */
const REPLACEMENTS: readonly Replacement[] = [
  {
    what: "the invoker of bound functions",
    after: "function craftInvokerFunction(",
    start: "var invokerFnBody =",
    end: "return newFunc(Function, args1).apply(null, args2);",
    code: `return function (...given) {
        if (given.length !== argCount - 2) {
          throwBindingError('function ' + humanName + ' called with ' + given.length +
            ' arguments, expected ' + (argCount - 2) + ' args!');
        }
        var destructors = needsDestructorStack ? [] : null;
        var wired = [];
        if (isClassMethodFunc) wired.push(argTypes[1].toWireType(destructors, this));
        for (var i = 0; i < given.length; ++i) {
          wired.push(argTypes[i + 2].toWireType(destructors, given[i]));
        }
        var result = cppInvokerFunc(cppTargetFunc, ...wired);
        if (needsDestructorStack) {
          runDestructors(destructors);
        } else {
          var firstType = isClassMethodFunc ? 1 : 2;
          for (var j = firstType; j < argTypes.length; ++j) {
            var destroy = argTypes[j].destructorFunction;
            if (destroy !== null) destroy(wired[j - firstType]);
          }
        }
        if (returns) return argTypes[0].fromWireType(result);
      };`,
  },
  {
    what: "the caller of JavaScript methods",
    after: "function __emval_get_method_caller(",
    start: 'var params = ["retType"];',
    end: "var invokerFunction = newFunc(Function, params).apply(null, args);",
    code: `var invokerFunction = function (handle, name, destructors, packed) {
        var given = [];
        var offset = 0;
        for (var i = 1; i < argCount; ++i) {
          given.push(types[i].readValueFromPointer(packed + offset));
          offset += types[i]['argPackAdvance'];
        }
        var result = handle[name](...given);
        for (var j = 1; j < argCount; ++j) {
          if (types[j]['deleteObject']) types[j].deleteObject(given[j - 1]);
        }
        if (!retType.isVoid) return retType.toWireType(destructors, result);
      };`,
  },
  {
    // It would fetch its own data: URL, which the policy reports, and then do what it now does at once.
    what: "the loader of the embedded WebAssembly",
    after: "function getBinaryPromise(",
    start: "if (!wasmBinary && (ENVIRONMENT_IS_WEB )) {",
    end: "{",
    code: "if (!wasmBinary && ENVIRONMENT_IS_WEB && !isDataURI(binaryFile)) {",
  },
  {
    // A debug build: it tells the console of every step, on every page.
    what: "the output of the library",
    after: "var Module =",
    start: "var out = Module['print'] ||",
    end: "console.log.bind(console);",
    code: "var out = Module['print'] || function () {};",
  },
  {
    what: "the message about mounting",
    after: "FS.mount(IDBFS",
    start: "console.log('EmscriptenFileSystemManager",
    end: ");",
    code: "",
  },
  {
    what: "the message about synchronising",
    after: "function syncIdb_js(",
    start: "console.log('b. jsFS synced",
    end: ");",
    code: "",
  },
];

/**
 * Rewrites the module so that it generates no code at run time, fetches nothing and is quiet.
 *
 * @throws Error where a pattern is not found exactly as expected: another version of the package needs another look
 */
export function removeCodeGeneration(code: string): string {
  let rewritten = code;
  for (const { what, after, start, end, code: replacement } of REPLACEMENTS) {
    const anchor = rewritten.indexOf(after);
    const from = anchor < 0 ? -1 : rewritten.indexOf(start, anchor);
    const to = from < 0 ? -1 : rewritten.indexOf(end, from);
    if (to < 0) throw new Error(`hnswlib-wasm: ${what} was not found`);
    rewritten = rewritten.slice(0, from) + replacement + rewritten.slice(to + end.length);
  }
  if (/newFunc\(Function\b|new Function\(|\beval\(/.test(rewritten)) {
    throw new Error("hnswlib-wasm: code generation is left");
  }
  return rewritten;
}
