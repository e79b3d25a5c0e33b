import * as common from '@nestjs/common';
import { expect, it } from 'vitest';

it('the specs of project nest run on Nest 12 and those of nest-11 on Nest 11', ({ task }) => {
  // Only Nest 12 has it.
  const isNest12 = 'StandardSchemaValidationPipe' in common;
  expect(isNest12).toBe(task.file.projectName === 'nest');
});
