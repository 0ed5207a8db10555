/** A user; a plain object with these fields does as well. */
export class ZegoUser {
  constructor(
    public userID: string,
    public userName: string,
  ) {}

  /** A user whose name is its ID. */
  static id(userID: string): ZegoUser {
    return new ZegoUser(userID, userID);
  }
}
