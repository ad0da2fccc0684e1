// All built-in functions (DMN 1.5, 10.3.4) by name.

import { defineBuiltins } from './builtin.ts';
import { contextBuiltins } from './builtins-context.ts';
import { conversionBuiltins } from './builtins-conversion.ts';
import { listBuiltins } from './builtins-list.ts';
import { numberBuiltins } from './builtins-number.ts';
import { rangeBuiltins } from './builtins-range.ts';
import { stringBuiltins } from './builtins-string.ts';
import { temporalBuiltins } from './builtins-temporal.ts';
import { workingDayBuiltins } from './builtins-working-days.ts';

export const builtins = defineBuiltins([
  ...conversionBuiltins,
  ...stringBuiltins,
  ...listBuiltins,
  ...numberBuiltins,
  ...temporalBuiltins,
  ...rangeBuiltins,
  ...contextBuiltins,
  ...workingDayBuiltins,
]);
