package dev.fettle.vpp.apple;

/** Limits that Apple names: holders in one request, and requests in a second. */
record ServiceLimits(int maxClientUserIds, int maxSerialNumbers, int maxRequestPerSecond) {

  /** Apple's documentation prints these, which stand for those that an answer leaves out. */
  static final ServiceLimits DOCUMENTED = new ServiceLimits(1000, 1000, 15);
}
