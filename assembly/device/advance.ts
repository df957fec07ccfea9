// Carries a flow from stage to stage for as long as it is the next
// event anyway; only then does it go back to the queue.
import {
  ST_ACK_LINK,
  ST_ACK_RECEIVE,
  ST_ATOMIC_DATA,
  ST_ATOMIC_LINK,
  ST_ATOMIC_REQUEST,
  ST_CQE,
  ST_ENGINE,
  ST_LINK,
  ST_READ_DATA,
  ST_READ_REQUEST,
  ST_RECEIVE,
  ST_REQUEST_LINK,
  ST_REQUEST_RECEIVE,
  ST_RESPONSE_RECEIVE,
  ST_RESPONSE_WRITE,
  ST_RING,
  ST_WQE_DATA,
  ST_WQE_REQUEST,
  ST_WRITE,
} from "../gen/abi";
import { timeOf } from "../model/clock";
import { isNext } from "../world/heap";
import { Flow } from "../world/operation";
import { atomicData, atomicLink, atomicRequest } from "./atomic";
import { writeCqe } from "./complete";
import { serveArm } from "./events";
import { queue } from "./flow";
import { link, readData, readRequest } from "./payload";
import { engine, requestLink, ring, wqeData, wqeRequest } from "./requester";
import {
  ackLink,
  ackReceive,
  receive,
  requestReceive,
  responseReceive,
  responseWrite,
  write,
} from "./responder";
import { headOf } from "./stage";

/** Serves the stage that `fl` has come to, and those after it (R4.9). */
export function advance(fl: Flow): void {
  while (true) {
    switch (fl.stage) {
      case ST_RING:
        if (!ring(fl)) return;
        break;
      case ST_WQE_REQUEST:
        wqeRequest(fl);
        break;
      case ST_WQE_DATA:
        if (!wqeData(fl)) return;
        break;
      case ST_ENGINE:
        if (!engine(fl)) return;
        break;
      case ST_READ_REQUEST:
        if (!readRequest(fl)) return;
        break;
      case ST_READ_DATA:
        if (!readData(fl)) return;
        break;
      case ST_LINK:
        link(fl);
        break;
      case ST_RECEIVE:
        if (!receive(fl)) return;
        break;
      case ST_WRITE:
        if (!write(fl)) return;
        break;
      case ST_ACK_LINK:
        ackLink(fl);
        break;
      case ST_ACK_RECEIVE:
        ackReceive(fl);
        return;
      case ST_REQUEST_LINK:
        requestLink(fl);
        break;
      case ST_REQUEST_RECEIVE:
        requestReceive(fl);
        break;
      case ST_ATOMIC_REQUEST:
        atomicRequest(fl);
        break;
      case ST_ATOMIC_DATA:
        atomicData(fl);
        break;
      case ST_ATOMIC_LINK:
        atomicLink(fl);
        break;
      case ST_RESPONSE_RECEIVE:
        responseReceive(fl);
        break;
      case ST_RESPONSE_WRITE:
        responseWrite(fl);
        return;
      case ST_CQE:
        writeCqe(fl);
        return;
      default:
        serveArm(fl);
        return;
    }
    if (!isNext(timeOf(headOf(fl)), fl.tie)) {
      queue(fl);
      return;
    }
  }
}
