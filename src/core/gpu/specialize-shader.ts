/** Values of a shader's constants; a whole number becomes a u32. */
export type ShaderConstants = Readonly<Record<string, number>>;

/**
 * Puts constants in front of a shader. WGSL's own `override` constants do not reach the sizes of arrays in registers.
 *
 * @param source WGSL that uses the names without declaring them
 */
export function specializeShader(source: string, constants: ShaderConstants): string {
  const declarations = Object.entries(constants).map(
    ([name, value]) => `const ${name} = ${value}u;`,
  );
  return `${declarations.join("\n")}\n\n${source}`;
}
