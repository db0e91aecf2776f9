"""介護保険資格確認等WEBサービス (介護WEBサービス): terminal, connection and human steps."""
