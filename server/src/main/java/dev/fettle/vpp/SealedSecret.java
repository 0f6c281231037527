package dev.fettle.vpp;

/** A secret of a vppToken as it is stored. */
@SuppressWarnings("ArrayRecordComponent")
record SealedSecret(String tenantId, String tokenId, byte[] sealed) {
  /** The row that the secret is bound to. */
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
