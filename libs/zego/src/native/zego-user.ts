export interface ZegoUser {
  userID: string;
  userName: string;
}
