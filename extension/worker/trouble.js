/** Something that did not work, as every screen can word it. */
export class Trouble extends Error {
  /** @param {string} code @param {number} [status] of the server's answer; 0 when there was none */
  constructor(code, status = 0) {
    super(code);
    this.code = code;
    this.status = status;
  }
}
