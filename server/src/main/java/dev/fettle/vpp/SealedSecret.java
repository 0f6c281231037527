package dev.fettle.vpp;

/** A secret as it is stored, and whose it is. */
@SuppressWarnings("ArrayRecordComponent")
record SealedSecret(String tenantId, String tokenId, byte[] sealed) {
  /** What the secret is bound to. */
  String context() {
    return context(tenantId, tokenId);
  }

  static String context(String tenantId, String tokenId) {
    return "vpp_token/" + tenantId + "/" + tokenId;
  }

  @Override
  public String toString() {
    return context();
  }
}
