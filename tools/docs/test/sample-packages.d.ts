// Packages of React Native that samples of docs/ import, and that are not installed here.

declare module 'react-native-webrtc';
declare module '@react-native-community/netinfo';
declare module 'react-native' {
  import { type ReactNativeAppState } from '@polyroom/sdk/react-native';

  export const AppState: ReactNativeAppState;
}
