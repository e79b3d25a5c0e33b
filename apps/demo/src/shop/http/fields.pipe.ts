import { BadRequestException, type PipeTransform } from '@nestjs/common';
import { Fields, FormatError } from '../../wire/fields.js';

/** Reads a request's body; one that does not fit is answered with 400 and what is wrong. */
export class FieldsPipe<T> implements PipeTransform<unknown, T> {
  constructor(
    private readonly what: string,
    private readonly read: (fields: Fields) => T,
  ) {}

  transform(body: unknown): T {
    try {
      return this.read(new Fields(body, this.what));
    } catch (error) {
      throw error instanceof FormatError ? new BadRequestException(error.message) : error;
    }
  }
}
