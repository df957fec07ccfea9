// Stages at which a flow arrives as an event.
// @ts-ignore: decorator
@inline
export const ST_RING: u32 = 0; // doorbell on the way to the device
// @ts-ignore: decorator
@inline
export const ST_WQE_REQUEST: u32 = 1;
// @ts-ignore: decorator
@inline
export const ST_WQE_DATA: u32 = 2;
// @ts-ignore: decorator
@inline
export const ST_ENGINE: u32 = 3;
// @ts-ignore: decorator
@inline
export const ST_READ_REQUEST: u32 = 4; // payload leaves host memory: request TLPs
// @ts-ignore: decorator
@inline
export const ST_READ_DATA: u32 = 5;
// @ts-ignore: decorator
@inline
export const ST_LINK: u32 = 6;
// @ts-ignore: decorator
@inline
export const ST_RECEIVE: u32 = 7;
// @ts-ignore: decorator
@inline
export const ST_WRITE: u32 = 8; // payload into host memory
// @ts-ignore: decorator
@inline
export const ST_ACK_LINK: u32 = 9;
// @ts-ignore: decorator
@inline
export const ST_ACK_RECEIVE: u32 = 10;
// @ts-ignore: decorator
@inline
export const ST_REQUEST_LINK: u32 = 11; // READ and atomic requests
// @ts-ignore: decorator
@inline
export const ST_REQUEST_RECEIVE: u32 = 12;
// @ts-ignore: decorator
@inline
export const ST_ATOMIC_REQUEST: u32 = 13;
// @ts-ignore: decorator
@inline
export const ST_ATOMIC_DATA: u32 = 14;
// @ts-ignore: decorator
@inline
export const ST_ATOMIC_LINK: u32 = 15;
// @ts-ignore: decorator
@inline
export const ST_RESPONSE_RECEIVE: u32 = 16;
// @ts-ignore: decorator
@inline
export const ST_RESPONSE_WRITE: u32 = 17;
// @ts-ignore: decorator
@inline
export const ST_CQE: u32 = 18;
// @ts-ignore: decorator
@inline
export const ST_ARM: u32 = 19;
